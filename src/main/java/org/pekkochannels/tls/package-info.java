/**
 * Certificates and keys of the server: PKCS #12 stores and PEM files, checked at start and reloaded when they change, and an engine for
 * each connection.
 *
 * <p>Not API: public only because other packages use it, and may change without notice.
 */
@NullMarked
package org.pekkochannels.tls;

import org.jspecify.annotations.NullMarked;
