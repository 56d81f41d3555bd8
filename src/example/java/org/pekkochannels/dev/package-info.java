/**
 * A development server: it watches an application's sources, compiles them, and starts the application again in the same JVM.
 *
 * <p>It is not part of the library's jar. Read {@code DevServer} first. The package uses only the JDK, Pekko and Jackson, and can be copied
 * into another project.
 */
@NullMarked
package org.pekkochannels.dev;

import org.jspecify.annotations.NullMarked;
