/**
 * The client's address behind trusted proxies, read from {@code Forwarded} (RFC 7239) and {@code X-Forwarded-*} headers.
 *
 * <p>Not API: public only because other packages use it, and may change without notice.
 */
@NullMarked
package org.pekkochannels.proxy;

import org.jspecify.annotations.NullMarked;
