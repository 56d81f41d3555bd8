/** Tests of channel layers; {@link org.pekkochannels.testkit.ChannelLayerContract} is for every layer to pass. */
@NullMarked
package org.pekkochannels.layer;

import org.jspecify.annotations.NullMarked;
