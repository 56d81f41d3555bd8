package org.pekkochannels.http1;

import java.util.HexFormat;

/**
 * A chunked body (RFC 9112, section 7.1). It is written in new chunks, one per read, without extensions. The trailer fields are checked
 * like header fields and dropped.
 */
final class ChunkedBody implements BodyReader {
    // Enough for all sizes below 2^63 with leading zeros.
    private static final int MOST_SIZE_DIGITS = 15;
    private static final int MOST_EXTENSION_BYTES = 256;

    private final HeadReader trailers;
    private Place place = Place.SIZE;
    private long missing;
    private int digits;
    private int extension;

    /** The place of the next byte. */
    private enum Place {
        SIZE,
        EXTENSION,
        /** The LF after a chunk's size. */
        SIZE_END,
        DATA,
        /** The CR after a chunk's data. */
        DATA_CR,
        /** The LF after a chunk's data. */
        DATA_LF,
        TRAILERS,
        COMPLETE
    }

    ChunkedBody(int mostTrailerBytes) {
        trailers = HeadReader.ofTrailers(mostTrailerBytes);
    }

    @Override
    public int read(byte[] window, int offset, int count, ByteOutput canonical) throws RefusedRequestException {
        int end = offset + count;
        int at = offset;
        int chunk = canonical.beginChunk(count);
        while (at < end && place != Place.COMPLETE) {
            if (place == Place.DATA) {
                at += data(window, at, end - at, canonical);
            } else if (place == Place.TRAILERS) {
                at += trailers(window, at, end - at);
            } else {
                place = frame(window[at++]);
            }
        }
        canonical.endChunk(chunk);
        if (place == Place.COMPLETE) {
            canonical.write("0\r\n\r\n");
        }
        return at - offset;
    }

    @Override
    public boolean isComplete() {
        return place == Place.COMPLETE;
    }

    private int data(byte[] window, int at, int count, ByteOutput canonical) {
        int taken = (int) Math.min(count, missing);
        canonical.write(window, at, taken);
        missing -= taken;
        if (missing == 0) {
            place = Place.DATA_CR;
        }
        return taken;
    }

    private int trailers(byte[] window, int at, int count) throws RefusedRequestException {
        int taken = trailers.read(window, at, count);
        if (trailers.isComplete()) {
            trailers.checkTrailers();
            place = Place.COMPLETE;
        }
        return taken;
    }

    private Place frame(byte b) throws RefusedRequestException {
        return switch (place) {
            case SIZE -> size(b);
            case EXTENSION -> extension(b);
            case SIZE_END -> {
                require(b == '\n', "a chunk's size must end with CR LF");
                yield sized();
            }
            case DATA_CR -> {
                require(b == '\r', "a chunk's data must end with CR LF");
                yield Place.DATA_LF;
            }
            default -> {
                require(b == '\n', "a chunk's data must end with CR LF");
                yield Place.SIZE;
            }
        };
    }

    private Place size(byte b) throws RefusedRequestException {
        if (HexFormat.isHexDigit(b)) {
            digits++;
            require(digits <= MOST_SIZE_DIGITS, "a chunk's size must have at most " + MOST_SIZE_DIGITS + " digits");
            missing = 16 * missing + HexFormat.fromHexDigit(b);
            return Place.SIZE;
        }
        require(digits > 0, "a chunk must begin with its size in hexadecimal digits");
        require(b == ';' || b == '\r', "a chunk's size must end with CR LF, or with a semicolon and an extension");
        return b == ';' ? Place.EXTENSION : Place.SIZE_END;
    }

    private Place extension(byte b) throws RefusedRequestException {
        extension++;
        require(extension <= MOST_EXTENSION_BYTES, "a chunk's extension must have at most 256 bytes");
        boolean control = (b >= 0 && b < 0x20 && b != '\t') || b == 0x7f;
        require(b == '\r' || !control, "a chunk's extension must not contain control characters");
        return b == '\r' ? Place.SIZE_END : Place.EXTENSION;
    }

    private Place sized() {
        digits = 0;
        extension = 0;
        return missing == 0 ? Place.TRAILERS : Place.DATA;
    }

    private static void require(boolean condition, String rule) throws RefusedRequestException {
        if (!condition) {
            throw RefusedRequestException.malformed(rule);
        }
    }
}
