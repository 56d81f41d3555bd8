package org.pekkochannels.http1;

/**
 * One valid request: its head, and what the head specifies about the body and the connection. Immutable.
 *
 * @param head the head
 * @param framing how the body is delimited
 * @param expectsContinue whether the client waits for 100 before it sends the body
 * @param isLast whether the connection ends after the response
 */
public record Request(RequestHead head, BodyFraming framing, boolean expectsContinue, boolean isLast) {
    /**
     * Determines host, framing, expectation and persistence.
     *
     * @param head the head
     * @return the request
     * @throws RefusedRequestException 400 if it is ambiguous, 417 or 501 for unsupported features
     */
    public static Request of(RequestHead head) throws RefusedRequestException {
        boolean current = head.version().equals("HTTP/1.1");
        RequestFields fields = RequestFields.of(head);
        fields.checkHost(current);
        fields.checkContentType();
        BodyFraming framing = BodyFraming.of(head.method(), fields, current);
        // HTTP/1.0 has no expectations, and without a body the client does not wait.
        boolean expects = current && fields.expectsContinue() && !framing.isEmpty();
        return new Request(head, framing, expects, isLast(head, current));
    }

    private static boolean isLast(RequestHead head, boolean current) {
        return head.has("Connection", "close") || (!current && !head.has("Connection", "keep-alive"));
    }
}
