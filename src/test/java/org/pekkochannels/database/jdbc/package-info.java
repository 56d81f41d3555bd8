/** Tests of what is below the handles: URLs, drivers, pools. */
@NullMarked
package org.pekkochannels.database.jdbc;

import org.jspecify.annotations.NullMarked;
