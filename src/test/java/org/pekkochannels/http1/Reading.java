package org.pekkochannels.http1;

import java.util.Arrays;
import java.util.Random;

/**
 * What a reader makes of the first request in some bytes, which come in pieces; compared by its text.
 *
 * @param outcome the request, or the refusal, or how far it came
 * @param taken how many bytes are the request's
 * @param canonical the request in canonical form, body included; empty if it is not complete
 */
@SuppressWarnings("ArrayRecordComponent") // never compared as a whole
record Reading(String outcome, int taken, byte[] canonical) {
    static final int MOST_HEAD_BYTES = 4096;

    static Reading of(byte[] bytes, long pieces) {
        return of(bytes, pieces, MOST_HEAD_BYTES);
    }

    /** In canonical form, which may be longer than what it was made of. */
    static Reading ofCanonical(byte[] bytes) {
        return of(bytes, 0, 4 * MOST_HEAD_BYTES);
    }

    private static Reading of(byte[] bytes, long pieces, int most) {
        HeadReader head = HeadReader.ofRequests(most, most);
        ByteOutput canonical = new ByteOutput();
        Random random = new Random(pieces);
        int at = 0;
        try {
            while (!head.isComplete() && at < bytes.length) {
                at += head.read(bytes, at, piece(random, pieces, bytes.length - at));
            }
            if (!head.isComplete()) {
                return new Reading("incomplete", at, new byte[0]);
            }
            Request request = Request.of(head.head());
            CanonicalHead.write(request, () -> "own", canonical);
            BodyReader body = request.framing().reader(MOST_HEAD_BYTES);
            while (!body.isComplete() && at < bytes.length) {
                at += body.read(bytes, at, piece(random, pieces, bytes.length - at), canonical);
            }
            String text = body.isComplete() ? request.toString() : "body incomplete";
            return new Reading(text, at, body.isComplete() ? canonical.take(Arrays::copyOf) : new byte[0]);
        } catch (RefusedRequestException refused) {
            return new Reading(refused.toString(), -1, new byte[0]);
        }
    }

    boolean isRequest() {
        return canonical.length > 0;
    }

    /** The same, however the bytes were cut: but for the sizes of the chunks. */
    boolean isSame(Reading other) {
        return outcome.equals(other.outcome) && taken == other.taken;
    }

    @Override
    public String toString() {
        return outcome + ", " + taken + " bytes, " + Arrays.hashCode(canonical);
    }

    private static int piece(Random random, long pieces, int rest) {
        return pieces == 0 ? rest : 1 + random.nextInt(Math.min(rest, 40));
    }
}
