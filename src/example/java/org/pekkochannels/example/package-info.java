/** What the example applications share: how their pages are served. */
@NullMarked
package org.pekkochannels.example;

import org.jspecify.annotations.NullMarked;
