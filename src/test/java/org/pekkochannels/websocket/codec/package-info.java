@NullMarked
package org.pekkochannels.websocket.codec;

import org.jspecify.annotations.NullMarked;
