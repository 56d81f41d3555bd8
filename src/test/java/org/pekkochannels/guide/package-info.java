/** README and guide: their snippets compile, their links lead somewhere, and their words are plain English. */
@NullMarked
package org.pekkochannels.guide;

import org.jspecify.annotations.NullMarked;
