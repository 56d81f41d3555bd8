/** Tests of the layer in PostgreSQL, with several nodes in one process and a real server. */
@NullMarked
package org.pekkochannels.layer.postgres;

import org.jspecify.annotations.NullMarked;
