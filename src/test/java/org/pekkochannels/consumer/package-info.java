/** Consumers, met at the door of {@code protocol}: no server, no socket. */
@NullMarked
package org.pekkochannels.consumer;

import org.jspecify.annotations.NullMarked;
