/**
 * Certificates and keys of the server: PKCS #12 stores and PEM files, checked at start and loaded again when they change, and an
 * engine for each connection.
 *
 * <p>Not API: for the edges only, and without notice of changes.
 */
@NullMarked
package org.pekkochannels.tls;

import org.jspecify.annotations.NullMarked;
