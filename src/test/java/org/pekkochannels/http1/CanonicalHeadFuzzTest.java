package org.pekkochannels.http1;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Tag;
import org.pekkochannels.protocol.Header;

/** The canonical form of a request says the same as the request, and is its own canonical form. */
@Tag("fuzz")
class CanonicalHeadFuzzTest {
    private static final List<String> REWRITTEN = List.of(
            "host",
            "connection",
            "upgrade",
            "expect",
            "http2-settings",
            "content-length",
            "transfer-encoding",
            "accept-charset");

    @FuzzTest(maxDuration = "3s")
    void meansTheSameAndStaysAsItIs(byte[] bytes) throws Exception {
        Reading read = Reading.of(bytes, 0);
        if (!read.isRequest()) {
            return;
        }

        byte[] canonical = read.canonical();
        Reading again = Reading.ofCanonical(canonical);

        assertThat(again.canonical()).isEqualTo(canonical);
        assertThat(again.taken()).isEqualTo(canonical.length);
        assertSameMeaning(request(bytes), request(canonical));
    }

    private static Request request(byte[] bytes) throws RefusedRequestException {
        // As the canonical form may be longer than what it was made of.
        HeadReader reader = HeadReader.ofRequests(4 * Reading.MOST_HEAD_BYTES, 4 * Reading.MOST_HEAD_BYTES);
        reader.read(bytes, 0, bytes.length);
        return Request.of(reader.head());
    }

    private static void assertSameMeaning(Request first, Request second) {
        assertThat(second.framing()).isEqualTo(first.framing());
        assertThat(second.isLast()).isEqualTo(first.isLast());
        assertThat(second.expectsContinue()).isEqualTo(first.expectsContinue());
        assertThat(second.head().method()).isEqualTo(first.head().method());
        assertThat(second.head().version()).isEqualTo(first.head().version());
        assertThat(second.head().target())
                .isEqualTo(RequestTarget.encoded(first.head().target()));
        assertThat(kept(second)).isEqualTo(kept(first));
        assertThat(second.head().values("Host")).hasSize(1);
    }

    private static List<Header> kept(Request request) {
        return request.head().headers().stream()
                .filter(header -> !REWRITTEN.contains(header.name().toLowerCase(Locale.ROOT)))
                .toList();
    }
}
