package org.pekkochannels.http;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The final responses to the requests of one connection, one after the other. */
final class Responses {
    final List<Integer> statuses = new ArrayList<>();
    private final InputStream in;
    private final List<SeenRequest> requests;

    Responses(InputStream in, List<SeenRequest> requests) {
        this.in = in;
        this.requests = requests;
    }

    /** Reads one more; false at the end of the connection. */
    boolean read() throws IOException {
        String head = head();
        while (head.startsWith("HTTP/1.1 100")) {
            head = head();
        }
        if (head.isEmpty()) {
            return false;
        }
        int number = statuses.size();
        boolean bodiless =
                number < requests.size() && requests.get(number).method().equals("HEAD");
        statuses.add(Integer.valueOf(head.substring(9, 12)));
        in.skipNBytes(bodiless ? 0 : length(head));
        return true;
    }

    private String head() throws IOException {
        StringBuilder head = new StringBuilder();
        while (head.length() < 4 || head.indexOf("\r\n\r\n", head.length() - 4) < 0) {
            int c = in.read();
            if (c < 0) {
                return "";
            }
            head.append((char) c);
        }
        return head.toString();
    }

    private static int length(String head) {
        String lower = head.toLowerCase(Locale.ROOT);
        int field = lower.indexOf("\r\ncontent-length:");
        return field < 0
                ? 0
                : Integer.parseInt(head.substring(field + 17, head.indexOf("\r\n", field + 2))
                        .strip());
    }
}
