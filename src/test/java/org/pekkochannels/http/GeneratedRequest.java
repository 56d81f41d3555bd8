package org.pekkochannels.http;

/**
 * A request that a test has made, and what every reader must find in it.
 *
 * @param bytes the request as it is sent
 * @param meaning what it says
 * @param last whether the connection ends after it
 */
@SuppressWarnings("ArrayRecordComponent") // never compared as a whole
record GeneratedRequest(byte[] bytes, SeenRequest meaning, boolean last) {}
