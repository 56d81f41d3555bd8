/** The common part of the example applications: serving their pages. */
@NullMarked
package org.pekkochannels.example;

import org.jspecify.annotations.NullMarked;
