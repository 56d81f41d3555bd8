/** What users extend, and the actor that runs it. */
@NullMarked
package org.pekkochannels.consumer;

import org.jspecify.annotations.NullMarked;
