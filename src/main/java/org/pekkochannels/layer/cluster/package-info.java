/**
 * The channel layer between nodes of a Pekko cluster. Not API: {@code channels.layer.type = cluster} selects it.
 *
 * <p>One {@link org.pekkochannels.layer.cluster.Hub} per node exchanges events with the hubs of the other nodes. Members stay in
 * {@link org.pekkochannels.layer.LocalChannels}; no node knows those of another.
 */
@NullMarked
package org.pekkochannels.layer.cluster;

import org.jspecify.annotations.NullMarked;
