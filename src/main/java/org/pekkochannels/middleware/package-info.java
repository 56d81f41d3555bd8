/** Applications around applications: they refuse a connection, or enrich its scope, before a consumer is made. */
@NullMarked
package org.pekkochannels.middleware;

import org.jspecify.annotations.NullMarked;
