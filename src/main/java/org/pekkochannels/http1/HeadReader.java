package org.pekkochannels.http1;

import java.util.Arrays;
import java.util.Optional;

/**
 * Collects a request's head from network reads of any size, and stops exactly after it. Confined to one thread.
 *
 * <p>Lines end with CR LF. A single CR or LF is refused as soon as it is read (RFC 9112, section 2.2), because other readers treat it as
 * the end of a line or as a space. Empty lines before a request are skipped, as the same section requires.
 */
public final class HeadReader {
    private static final byte[] NOTHING = {};
    // Most heads fit; a longer one grows to the size that has arrived.
    private static final int SMALLEST_BUFFER = 512;

    private final int most;
    private final int mostLines;
    private final boolean skipsEmptyLines;
    private byte[] bytes = NOTHING;
    private int length;
    // The array that contains the complete head: most heads arrive in one read and are not copied.
    private byte[] source = NOTHING;
    private int start;
    private int skipped;
    private int lines;
    // Neither a tab nor a byte beyond ASCII has been read, so each byte equals its character.
    private boolean plain = true;
    private Place place = Place.LINE_START;

    /** The place of the next byte in a line. */
    private enum Place {
        LINE_START,
        IN_LINE,
        /** After a CR that ends a line. */
        LINE_END,
        /** After a CR at the start of a line: the next byte ends the section. */
        SECTION_END,
        COMPLETE
    }

    private HeadReader(int most, int mostLines, boolean skipsEmptyLines) {
        this.most = most;
        this.mostLines = mostLines;
        this.skipsEmptyLines = skipsEmptyLines;
    }

    /**
     * A reader of request heads.
     *
     * @param most the maximum size of a head in bytes, including its last empty line
     * @param mostFields the maximum number of header fields
     * @return the reader
     */
    public static HeadReader ofRequests(int most, int mostFields) {
        return new HeadReader(most, mostFields + 1, true);
    }

    /** A reader of the trailer section of a chunked body. The fields are dropped, so only their bytes are bounded. */
    static HeadReader ofTrailers(int most) {
        return new HeadReader(most, most, false);
    }

    /**
     * Takes the bytes that belong to the head.
     *
     * @param window the bytes
     * @param offset the index of the first one
     * @param count the number of bytes
     * @return the number of bytes taken: all of them, unless {@link #isComplete}
     * @throws RefusedRequestException 400 for a single CR or LF, or a first byte of another protocol, 431 for too many bytes or fields
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
     * Whether the head is complete.
     *
     * @return whether {@link #head} may be called
     */
    public boolean isComplete() {
        return place == Place.COMPLETE;
    }

    /**
     * Whether a head has begun. Empty lines before it do not count, complete or not.
     *
     * @return whether any byte of it has been read
     */
    public boolean hasBegun() {
        return length > 1 || (length == 1 && place != Place.SECTION_END);
    }

    /**
     * The collected head. Call it before the bytes of the last window change.
     *
     * @return the head
     * @throws RefusedRequestException 400 if it is malformed, 505 for an unsupported version
     */
    public RequestHead head() throws RefusedRequestException {
        return RequestHead.parse(source, start, length, plain);
    }

    /** Checks the fields of a trailer section like those of a head. */
    void checkTrailers() throws RefusedRequestException {
        RequestHead.fields(RequestHead.lines(source, start, length), 0, plain);
    }

    /**
     * The number of bytes kept from earlier windows.
     *
     * @return the number, for {@link #kept(int)}
     */
    public int kept() {
        return length;
    }

    /**
     * The bytes kept from earlier windows, unchanged.
     *
     * @param count the number of bytes
     * @return a copy
     */
    public byte[] kept(int count) {
        return Arrays.copyOf(bytes, count);
    }

    /** Starts the next head. */
    public void reset() {
        bytes = NOTHING;
        source = NOTHING;
        length = 0;
        skipped = 0;
        lines = 0;
        plain = true;
        place = Place.LINE_START;
    }

    /** The index of the next control character, such as CR or LF, or byte beyond ASCII in a line. */
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

    /** Skips an empty line before the request; a client does not send many. */
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
