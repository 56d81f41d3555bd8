/** RFC 6455 as bytes in, events out: codec, limits and one session per connection; knows no server and no stream. */
@NullMarked
package org.pekkochannels.websocket;

import org.jspecify.annotations.NullMarked;
