/**
 * The channel layer: how consumers, and anybody else, speak to each other and to groups.
 *
 * <p>A {@link org.pekkochannels.layer.ChannelLayer} carries {@link org.pekkochannels.layer.Event}s, as bytes, to the
 * nodes that want them; on each node {@link org.pekkochannels.layer.LocalChannels} fans them out to that node's
 * {@link org.pekkochannels.layer.Channel}s. The layer in memory is one node and nothing between; a layer between nodes
 * adds the way from node to node and nothing else, so what works on one works on the other.
 */
@NullMarked
package org.pekkochannels.layer;

import org.jspecify.annotations.NullMarked;
