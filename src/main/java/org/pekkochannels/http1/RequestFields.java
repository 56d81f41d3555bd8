package org.pekkochannels.http1;

import org.pekkochannels.protocol.Header;

/**
 * The header fields that determine how a request is read, collected in one pass with their number and value. Confined to the thread that
 * reads the request.
 */
final class RequestFields {
    private static final String CONTINUE = "100-continue";

    private int hosts;
    private String host = "";
    private int lengths;
    private String length = "";
    private int codings;
    private String coding = "";
    private int types;
    private int expectations;
    private int unknownExpectations;

    private RequestFields() {}

    static RequestFields of(RequestHead head) {
        RequestFields fields = new RequestFields();
        for (Header header : head.headers()) {
            fields.add(header);
        }
        return fields;
    }

    /** Requires one Host; in HTTP/1.0 it may be missing (RFC 9112, section 3.2). */
    void checkHost(boolean current) throws RefusedRequestException {
        if (hosts > 1 || (hosts == 0 && current)) {
            throw RefusedRequestException.malformed("a request must have one Host");
        }
        HostField.checked(host);
    }

    /** With two, Pekko HTTP would choose one, or refuse. */
    void checkContentType() throws RefusedRequestException {
        if (types > 1) {
            throw RefusedRequestException.malformed("a request must have one Content-Type");
        }
    }

    /** The only expectation of RFC 9110, section 10.1.1; others are refused with 417. */
    boolean expectsContinue() throws RefusedRequestException {
        if (unknownExpectations > 0) {
            throw RefusedRequestException.unsupported(417, "the only supported expectation is 100-continue");
        }
        return expectations > 0;
    }

    /** Whether the body is chunked, the only supported transfer coding (RFC 9112, section 6.1). */
    boolean isChunked(boolean current) throws RefusedRequestException {
        if (codings == 0) {
            return false;
        } else if (!current || lengths > 0) {
            throw RefusedRequestException.malformed(
                    "Transfer-Encoding must not occur in HTTP/1.0 or beside Content-Length");
        } else if (codings > 1 || !coding.equalsIgnoreCase("chunked")) {
            throw RefusedRequestException.malformed("Transfer-Encoding must be chunked, once");
        }
        return true;
    }

    /** The body's length, 0 if the head has none; leading zeros are ignored. */
    long length(int mostDigits) throws RefusedRequestException {
        if (lengths == 0) {
            return 0;
        }
        int digits = length.length() - leadingZeros(length);
        if (lengths > 1 || length.isEmpty() || !isNumber(length) || digits > mostDigits) {
            throw RefusedRequestException.malformed(
                    "Content-Length must be one number of at most " + mostDigits + " digits");
        }
        return Long.parseLong(length);
    }

    /** Compares the length of the name first, which excludes nearly all other fields. */
    private void add(Header header) {
        switch (header.name().length()) {
            case 4 -> addHost(header);
            case 6 -> addExpectation(header);
            case 12 -> types += header.is("Content-Type") ? 1 : 0;
            case 14 -> addLength(header);
            case 17 -> addCoding(header);
            default -> {
                // the field does not affect how the request is read
            }
        }
    }

    private void addHost(Header header) {
        if (header.is("Host")) {
            hosts++;
            host = header.value();
        }
    }

    private void addExpectation(Header header) {
        if (header.is("Expect")) {
            expectations++;
            unknownExpectations += header.value().equalsIgnoreCase(CONTINUE) ? 0 : 1;
        }
    }

    private void addLength(Header header) {
        if (header.is("Content-Length")) {
            lengths++;
            length = header.value();
        }
    }

    private void addCoding(Header header) {
        if (header.is("Transfer-Encoding")) {
            codings++;
            coding = header.value();
        }
    }

    private static boolean isNumber(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) < '0' || text.charAt(i) > '9') {
                return false;
            }
        }
        return true;
    }

    private static int leadingZeros(String text) {
        int zeros = 0;
        while (zeros < text.length() && text.charAt(zeros) == '0') {
            zeros++;
        }
        return zeros;
    }
}
