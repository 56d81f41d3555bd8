/** Tests of the codec, of sessions over a transport in memory, and the contract that every edge's transport keeps. */
@NullMarked
package org.pekkochannels.websocket;

import org.jspecify.annotations.NullMarked;
