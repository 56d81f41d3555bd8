package org.pekkochannels.http;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.apache.pekko.http.javadsl.model.HttpMethods;
import org.pekkochannels.http1.BodyReader;
import org.pekkochannels.http1.ByteOutput;
import org.pekkochannels.http1.HeadReader;
import org.pekkochannels.http1.RefusedRequestException;
import org.pekkochannels.http1.Request;
import org.pekkochannels.http1.RequestHead;

/**
 * What our reader finds in all bytes of a connection.
 *
 * @param requests those that are complete
 * @param ends where each of them ends
 * @param refused the status of the refusal of what follows, or 0
 * @param last whether the connection ends after these requests by their own wish
 * @param begun whether a request follows whose head is complete and whose body is not
 */
record ReadConnection(List<SeenRequest> requests, List<Integer> ends, int refused, boolean last, boolean begun) {
    static final int MOST_HEAD_BYTES = 16 * 1024;

    static ReadConnection of(byte[] bytes) {
        List<SeenRequest> requests = new ArrayList<>();
        List<Integer> ends = new ArrayList<>();
        int at = 0;
        while (true) {
            HeadReader reader = HeadReader.ofRequests(MOST_HEAD_BYTES, MOST_HEAD_BYTES);
            try {
                at += reader.read(bytes, at, bytes.length - at);
                if (!reader.isComplete()) {
                    return new ReadConnection(requests, ends, 0, false, false);
                }
                Request request = Request.of(reader.head());
                if (HttpMethods.lookup(request.head().method()).isEmpty()) {
                    return new ReadConnection(requests, ends, 501, false, false);
                }
                BodyReader body = request.framing().reader(MOST_HEAD_BYTES);
                ByteOutput canonical = new ByteOutput();
                if (!body.isComplete()) {
                    at += body.read(bytes, at, bytes.length - at, canonical);
                }
                if (!body.isComplete()) {
                    return new ReadConnection(requests, ends, 0, false, true);
                }
                requests.add(seen(request, canonical.take(Arrays::copyOf)));
                ends.add(at);
                if (request.isLast()) {
                    return new ReadConnection(requests, ends, 0, true, false);
                }
            } catch (RefusedRequestException refused) {
                return new ReadConnection(requests, ends, refused.refusal().status(), false, false);
            }
        }
    }

    private static SeenRequest seen(Request request, byte[] canonical) {
        RequestHead head = request.head();
        List<Map.Entry<String, String>> fields = head.headers().stream()
                .map(header -> Map.entry(header.name(), header.value()))
                .toList();
        List<String> hosts = head.values("Host");
        String host = hosts.isEmpty() || hosts.get(0).isEmpty() ? "own" : hosts.get(0);
        byte[] body = request.framing().chunked() ? dechunked(canonical) : canonical;
        return SeenRequest.of(head.method(), head.target(), host, fields, body);
    }

    /** Of one chunk of ours, as all bytes came at once. */
    private static byte[] dechunked(byte[] chunks) {
        if (chunks.length == 5) {
            return new byte[0];
        }
        return Arrays.copyOfRange(chunks, 10, chunks.length - 7);
    }
}
