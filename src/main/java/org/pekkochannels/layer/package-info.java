/** The channel layer: how consumers, and anybody else, speak to groups of consumers. */
@NullMarked
package org.pekkochannels.layer;

import org.jspecify.annotations.NullMarked;
