/** Assembles the parts: settings, applications, server; starts and stops them in order. */
@NullMarked
package org.pekkochannels;

import org.jspecify.annotations.NullMarked;
