/**
 * The channel layer: how consumers, and other code, send events to each other and to groups.
 * <pre>
 *   sender -&gt; Event: encoded once -&gt; ChannelLayer -&gt; LocalChannels: the members on this node
 *          -&gt; Channel: at most capacity events wait -&gt; message to the consumer's actor -&gt; handler of its type
 * </pre>
 *
 * <p>A {@link org.pekkochannels.layer.ChannelLayer} transfers {@link org.pekkochannels.layer.Event}s, as bytes, to the nodes that have
 * members. On each node {@link org.pekkochannels.layer.LocalChannels} delivers them to that node's
 * {@link org.pekkochannels.layer.Channel}s. The layer in memory is a single node. A layer between nodes adds only the transfer, so events
 * behave the same on both.
 *
 * <p>{@link org.pekkochannels.layer.Presence} works likewise. Each node is the only writer of the entries of its channels. A layer between
 * nodes transfers them, and each node merges them and sends events to its own channels:
 * <pre>
 *   enter, leave, end of a channel -&gt; LocalPresence -&gt; PresenceView: merges the parts of all nodes, keeps those in their grace
 *   PresenceTicks: at most one a second -&gt; PresenceGroup.Tick -&gt; PresenceWriter: encodes once -&gt; the channels that watch
 *   other nodes: PresenceExchange: parts of a PresenceDelta -&gt; PresencePeers -&gt; PresenceView
 * </pre>
 */
@NullMarked
package org.pekkochannels.layer;

import org.jspecify.annotations.NullMarked;
