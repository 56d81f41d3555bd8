package org.pekkochannels.http1;

import java.util.List;

/**
 * One request that may be served: its head, and what that says of the body and of the connection; immutable.
 *
 * @param head the head
 * @param framing how the body is delimited
 * @param expectsContinue whether the client waits for 100 before it sends the body
 * @param isLast whether the connection ends after the response
 */
public record Request(RequestHead head, BodyFraming framing, boolean expectsContinue, boolean isLast) {
    private static final String CONTINUE = "100-continue";

    /**
     * Decides about host, framing, expectation and persistence.
     *
     * @param head the head
     * @return the request
     * @throws RefusedRequestException 400 where it could be read in two ways, 417 or 501 for what is not supported
     */
    public static Request of(RequestHead head) throws RefusedRequestException {
        boolean current = head.version().equals("HTTP/1.1");
        checkHost(head, current);
        if (head.values("Content-Type").size() > 1) {
            throw RefusedRequestException.malformed("a request must have one Content-Type");
        }
        BodyFraming framing = BodyFraming.of(head, current);
        boolean expects = current && expectsContinue(head) && !framing.isEmpty();
        return new Request(head, framing, expects, isLast(head, current));
    }

    /** One Host; in HTTP/1.0 there may be none (RFC 9112, section 3.2). */
    private static void checkHost(RequestHead head, boolean current) throws RefusedRequestException {
        List<String> hosts = head.values("Host");
        if (hosts.size() > 1 || (hosts.isEmpty() && current)) {
            throw RefusedRequestException.malformed("a request must have one Host");
        } else if (!hosts.isEmpty()) {
            HostField.checked(hosts.get(0));
        }
    }

    /** RFC 9110, section 10.1.1: HTTP/1.0 does not know expectations, and of others than this one 417 tells. */
    private static boolean expectsContinue(RequestHead head) throws RefusedRequestException {
        List<String> expected = head.values("Expect");
        for (String each : expected) {
            if (!each.equalsIgnoreCase(CONTINUE)) {
                throw RefusedRequestException.unsupported(417, "the only expectation known is 100-continue");
            }
        }
        return !expected.isEmpty();
    }

    private static boolean isLast(RequestHead head, boolean current) {
        return head.has("Connection", "close") || (!current && !head.has("Connection", "keep-alive"));
    }
}
