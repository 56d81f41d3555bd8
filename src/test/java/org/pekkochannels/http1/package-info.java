/** The strict reader of requests, by its rules one by one, and by fuzzing. */
@NullMarked
package org.pekkochannels.http1;

import org.jspecify.annotations.NullMarked;
