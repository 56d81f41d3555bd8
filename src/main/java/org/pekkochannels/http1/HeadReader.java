package org.pekkochannels.http1;

import java.util.Arrays;
import java.util.Optional;

/**
 * Collects a request's head, however the network has cut it, and stops exactly behind it; confined to one thread.
 *
 * <p>Lines end with CR LF. A CR or LF alone is refused as soon as it is seen (RFC 9112, section 2.2): other readers take one
 * for the end of a line, or for a blank. Empty lines before a request are skipped, as the same section asks.
 */
public final class HeadReader {
    private static final byte[] NOTHING = {};
    // Most heads fit; the next size is what has come.
    private static final int SMALLEST_BUFFER = 512;

    private final int most;
    private final int mostLines;
    private final boolean skipsEmptyLines;
    private byte[] bytes = NOTHING;
    private int length;
    // Where the whole head is: most come in one read, and are not copied.
    private byte[] source = NOTHING;
    private int start;
    private int skipped;
    private int lines;
    // Neither a tab nor a byte beyond ASCII has come: then each byte is its character.
    private boolean plain = true;
    private Place place = Place.LINE_START;

    /** Where in a line the next byte stands. */
    private enum Place {
        LINE_START,
        IN_LINE,
        /** After a CR that ends a line. */
        LINE_END,
        /** After a CR at the start of a line: the section ends with the next byte. */
        SECTION_END,
        COMPLETE
    }

    private HeadReader(int most, int mostLines, boolean skipsEmptyLines) {
        this.most = most;
        this.mostLines = mostLines;
        this.skipsEmptyLines = skipsEmptyLines;
    }

    /**
     * A reader of requests' heads.
     *
     * @param most how many bytes a head may have, its last empty line included
     * @param mostFields how many header fields it may have
     * @return the reader
     */
    public static HeadReader ofRequests(int most, int mostFields) {
        return new HeadReader(most, mostFields + 1, true);
    }

    /** A reader of the trailer section of a chunked body, of which nothing is kept: its bytes alone are bounded. */
    static HeadReader ofTrailers(int most) {
        return new HeadReader(most, most, false);
    }

    /**
     * Takes bytes as far as they belong to the head.
     *
     * @param window the bytes
     * @param offset the first one's index
     * @param count how many there are
     * @return how many were taken: all of them, unless {@link #isComplete}
     * @throws RefusedRequestException 400 for a CR or LF alone, or a first byte of another protocol, 431 for more bytes or
     *     fields than a head may have
     */
    public int read(byte[] window, int offset, int count) throws RefusedRequestException {
        int kept = offset;
        int at = offset;
        int end = offset + count;
        while (at < end && place != Place.COMPLETE) {
            at = place == Place.IN_LINE ? lineEnd(window, at, Math.min(end, kept + most - length)) : at;
            if (at == end) {
                break;
            }
            place = next(window[at++]);
            if (place == Place.COMPLETE && skipsEmptyLines && length + at - kept == 2) {
                skip();
                kept = at;
            } else if (length + at - kept > most) {
                throw RefusedRequestException.tooLarge(most);
            }
        }
        if (place == Place.COMPLETE && length == 0) {
            source = window;
            start = kept;
            length = at - kept;
        } else {
            keep(window, kept, at - kept);
        }
        return at - offset;
    }

    /**
     * Whether the whole head is there.
     *
     * @return whether {@link #head} may be called
     */
    public boolean isComplete() {
        return place == Place.COMPLETE;
    }

    /**
     * Whether a head has begun; empty lines before it do not count, complete or not.
     *
     * @return whether any byte of it is there
     */
    public boolean hasBegun() {
        return length > 1 || (length == 1 && place != Place.SECTION_END);
    }

    /**
     * The head that has been collected; to be asked for before the last window's bytes change.
     *
     * @return the head
     * @throws RefusedRequestException 400 if it is malformed, 505 for a version that is not served
     */
    public RequestHead head() throws RefusedRequestException {
        return RequestHead.parse(source, start, length, plain);
    }

    /** The fields of a trailer section, which are checked like those of a head. */
    void checkTrailers() throws RefusedRequestException {
        RequestHead.fields(RequestHead.lines(source, start, length), 0, plain);
    }

    /**
     * How many bytes have been kept of earlier windows.
     *
     * @return the number, for {@link #kept(int)}
     */
    public int kept() {
        return length;
    }

    /**
     * What has been kept of earlier windows, as it came.
     *
     * @param count how much there was of it
     * @return a copy
     */
    public byte[] kept(int count) {
        return Arrays.copyOf(bytes, count);
    }

    /** Begins the next head. */
    public void reset() {
        bytes = NOTHING;
        source = NOTHING;
        length = 0;
        skipped = 0;
        lines = 0;
        plain = true;
        place = Place.LINE_START;
    }

    /** The next byte within a line that is a control character, as CR and LF are, or beyond ASCII. */
    private static int lineEnd(byte[] window, int start, int end) {
        int at = start;
        while (at < end && window[at] >= ' ') {
            at++;
        }
        return at;
    }

    private Place next(byte b) throws RefusedRequestException {
        return switch (b) {
            case '\r' -> afterCarriageReturn();
            case '\n' -> afterLineFeed();
            default -> {
                plain &= b >= ' ';
                if (place == Place.LINE_END || place == Place.SECTION_END) {
                    throw bareCarriageReturn();
                }
                if (b < ' ' && place == Place.LINE_START && lines == 0 && skipsEmptyLines) {
                    requireHttp(b);
                }
                yield Place.IN_LINE;
            }
        };
    }

    private static void requireHttp(byte first) throws RefusedRequestException {
        Optional<ForeignProtocol> foreign = ForeignProtocol.ofFirst(first);
        if (foreign.isPresent()) {
            throw RefusedRequestException.foreign(foreign.get());
        }
    }

    private Place afterCarriageReturn() throws RefusedRequestException {
        return switch (place) {
            case LINE_START -> Place.SECTION_END;
            case IN_LINE -> Place.LINE_END;
            default -> throw bareCarriageReturn();
        };
    }

    private Place afterLineFeed() throws RefusedRequestException {
        return switch (place) {
            case LINE_END -> nextLine();
            case SECTION_END -> Place.COMPLETE;
            default -> throw RefusedRequestException.malformed("a line must end with CR LF, was LF alone");
        };
    }

    private Place nextLine() throws RefusedRequestException {
        lines++;
        if (lines > mostLines) {
            throw RefusedRequestException.tooManyFields(mostLines - 1);
        }
        return Place.LINE_START;
    }

    private static RefusedRequestException bareCarriageReturn() {
        return RefusedRequestException.malformed("a CR must be followed by LF");
    }

    /** An empty line before the request; many of them are no client's. */
    private void skip() throws RefusedRequestException {
        skipped += 2;
        if (skipped > most) {
            throw RefusedRequestException.tooLarge(most);
        }
        length = 0;
        place = Place.LINE_START;
    }

    private void keep(byte[] window, int offset, int count) {
        if (bytes.length - length < count) {
            bytes = Arrays.copyOf(bytes, Math.max(SMALLEST_BUFFER, Math.max(length + count, 2 * length)));
        }
        System.arraycopy(window, offset, bytes, length, count);
        length += count;
        source = bytes;
        start = 0;
    }
}
