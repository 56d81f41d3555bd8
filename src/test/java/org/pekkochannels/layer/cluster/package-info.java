/** Tests of the layer between nodes, with several actor systems in one process. */
@NullMarked
package org.pekkochannels.layer.cluster;

import org.jspecify.annotations.NullMarked;
