/**
 * The client's address behind trusted proxies, read from {@code Forwarded} (RFC 7239) and {@code X-Forwarded-*} headers.
 *
 * <p>Not API: for the edges only, and without notice of changes.
 */
@NullMarked
package org.pekkochannels.proxy;

import org.jspecify.annotations.NullMarked;
