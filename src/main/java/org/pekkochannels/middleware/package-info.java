/** Wrappers around applications: they refuse a connection, or add to its scope, before a consumer is created. */
@NullMarked
package org.pekkochannels.middleware;

import org.jspecify.annotations.NullMarked;
