package org.pekkochannels.websocket.codec;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.pekkochannels.protocol.CloseCode;
import org.pekkochannels.protocol.CloseReason;
import org.pekkochannels.protocol.Inbound;

/**
 * Finds messages and control frames in a client's bytes, however they are split (RFC 6455, section 5).
 *
 * <p>It never throws: the first error is reported as a violation, and it finds nothing after a close frame or a violation. Confined to the
 * connection's thread.
 */
public final class FrameParser {

    /** Receives what a parser finds. Arrays belong to the parser again after return. */
    public interface Findings {
        /** Whether there is room for more; called between frames. */
        boolean hasRoom();

        void message(Inbound.Message message);

        void ping(byte[] bytes, int offset, int length);

        void pong(byte[] bytes, int offset, int length);

        void close(CloseReason reason);

        void violation(CloseReason reason);

        /** The message is larger than allowed, as received or inflated. */
        void tooLarge();

        /** The message has more frames, or more final deflate blocks, than allowed. */
        void tooManyFrames();
    }

    static final CloseReason NOT_UTF_8 = new CloseReason(CloseCode.INVALID_DATA, "not UTF-8");
    private static final CloseReason NOT_DEFLATE = new CloseReason(CloseCode.INVALID_DATA, "not compressed as agreed");

    private final int maxMessageBytes;
    private final int maxFrames;
    private final Compression compression;
    private final Findings findings;
    private boolean done;

    // The current frame.
    private boolean inPayload;
    private boolean last;
    private int opcode;
    private int key;
    private int frameBytes;
    private int rest;

    // The parts of the frame and its message that arrived before.
    private byte @Nullable [] head;
    private int headBytes;
    private byte @Nullable [] control;
    private @Nullable Assembly assembly;
    private int frames;
    private int messageOpcode;
    private boolean compressed;
    private boolean finished;

    public FrameParser(int maxMessageBytes, int maxFrames, Compression compression, Findings findings) {
        this.maxMessageBytes = maxMessageBytes;
        this.maxFrames = maxFrames;
        this.compression = compression;
        this.findings = findings;
    }

    /**
     * Parses the next bytes, and changes them.
     *
     * @return the number of bytes taken: fewer than given if the findings have no room; all of them after the last finding
     */
    public int parse(byte[] window, int offset, int length) {
        int end = offset + length;
        int at = offset;
        while (at < end && !done && findings.hasRoom()) {
            at = inPayload ? payload(window, at, end) : header(window, at, end);
        }
        return done ? length : at - offset;
    }

    /** Whether a header, a frame or a message is incomplete. */
    public boolean isUnfinished() {
        return headBytes > 0 || inPayload || assembly != null;
    }

    /** Whether a message, or a control frame outside a message, was completed since the last call. */
    public boolean takeFinished() {
        boolean taken = finished;
        finished = false;
        return taken;
    }

    private int header(byte[] window, int at, int end) {
        int available = end - at;
        if (headBytes == 0 && available >= 2 && available >= FrameHeader.size(window, at)) {
            int size = FrameHeader.size(window, at);
            begin(window, at);
            return at + size;
        }
        byte[] collected = head == null ? new byte[FrameHeader.LONGEST] : head;
        collected[headBytes++] = window[at];
        boolean complete = headBytes >= 2 && headBytes == FrameHeader.size(collected, 0);
        head = complete ? null : collected;
        if (complete) {
            headBytes = 0;
            begin(collected, 0);
        }
        return at + 1;
    }

    private void begin(byte[] header, int at) {
        if (!isAllowed(header, at)) {
            return;
        }
        last = FrameHeader.isLast(header, at);
        opcode = FrameHeader.opcode(header, at);
        key = FrameHeader.key(header, at);
        frameBytes = (int) FrameHeader.payload(header, at);
        rest = frameBytes;
        inPayload = true;
        if (rest == 0) {
            piece(header, at, 0);
        }
    }

    private boolean isAllowed(byte[] header, int at) {
        CloseReason wrong = FrameHeader.wrongWith(header, at, compression.isOn());
        int code = FrameHeader.opcode(header, at);
        if (wrong == null && !Opcode.isControl(code)) {
            wrong = wrongInOrder(code);
        }
        if (wrong != null) {
            violation(wrong);
            return false;
        }
        return Opcode.isControl(code) || isWithinBounds(header, at, code);
    }

    private @Nullable CloseReason wrongInOrder(int code) {
        boolean continues = code == Opcode.CONTINUATION;
        if (continues == (assembly != null)) {
            return null;
        }
        return FrameHeader.wrong(continues ? "nothing to continue" : "message within a message");
    }

    private boolean isWithinBounds(byte[] header, int at, int code) {
        if (code == Opcode.CONTINUATION) {
            frames++;
        } else {
            frames = 1;
            messageOpcode = code;
            compressed = FrameHeader.isCompressed(header, at);
        }
        if (FrameHeader.payload(header, at) > mostBytes() - assembled()) {
            tooLarge();
        } else if (frames > maxFrames) {
            tooManyFrames();
        }
        return !done;
    }

    /** The maximum size of the current message, as received. */
    private int mostBytes() {
        return compressed ? Compression.mostDeflated(maxMessageBytes) : maxMessageBytes;
    }

    private int assembled() {
        return assembly == null ? 0 : assembly.length();
    }

    private int payload(byte[] window, int at, int end) {
        int count = Math.min(rest, end - at);
        Masking.unmask(window, at, count, key);
        key = Masking.advance(key, count);
        piece(window, at, count);
        return at + count;
    }

    private void piece(byte[] window, int at, int count) {
        rest -= count;
        inPayload = rest > 0;
        if (Opcode.isControl(opcode)) {
            controlPiece(window, at, count);
        } else if (last && count == frameBytes && assembly == null) {
            whole(window, at, count);
        } else {
            fragment(window, at, count);
        }
    }

    private void whole(byte[] window, int at, int count) {
        if (compressed) {
            inflate(window, at, count);
        } else {
            message(window, at, count);
        }
    }

    private void message(byte[] window, int at, int count) {
        finished = true;
        if (messageOpcode == Opcode.BINARY) {
            findings.message(new Inbound.Binary(Arrays.copyOfRange(window, at, at + count)));
            return;
        }
        String text = Utf8.decode(window, at, count);
        if (text == null) {
            violation(NOT_UTF_8);
        } else {
            findings.message(new Inbound.Text(text));
        }
    }

    /** Runs on the connection's thread: at most one message within the bound. */
    private void inflate(byte[] window, int at, int count) {
        Pool<Inflation> pool = compression.inflations();
        Inflation inflation = pool.borrow();
        switch (inflation.inflate(window, at, count, maxMessageBytes, maxFrames)) {
            case DONE -> message(inflation.bytes(), 0, inflation.length());
            case TOO_LARGE -> tooLarge();
            case TOO_MANY_BLOCKS -> tooManyFrames();
            case BROKEN -> violation(NOT_DEFLATE);
        }
        pool.giveBack(inflation);
    }

    private void fragment(byte[] window, int at, int count) {
        Assembly current = assembly == null ? new Assembly(opcode, compressed) : assembly;
        assembly = current;
        long most = last ? (long) current.length() + count + rest : mostBytes();
        if (!current.append(window, at, count, most)) {
            violation(NOT_UTF_8);
        } else if (last && rest == 0) {
            finish(current);
        }
    }

    private void finish(Assembly whole) {
        assembly = null;
        if (compressed) {
            inflate(whole.bytes(), 0, whole.length());
            return;
        }
        finished = true;
        Inbound.Message message = whole.finish();
        if (message == null) {
            violation(NOT_UTF_8);
        } else {
            findings.message(message);
        }
    }

    private void controlPiece(byte[] window, int at, int count) {
        if (count == frameBytes) {
            control(window, at, count);
            return;
        }
        byte[] collected = control == null ? new byte[frameBytes] : control;
        System.arraycopy(window, at, collected, frameBytes - rest - count, count);
        control = rest == 0 ? null : collected;
        if (rest == 0) {
            control(collected, 0, frameBytes);
        }
    }

    private void control(byte[] bytes, int offset, int length) {
        finished |= assembly == null;
        switch (opcode) {
            case Opcode.PING -> findings.ping(bytes, offset, length);
            case Opcode.PONG -> findings.pong(bytes, offset, length);
            default -> {
                stop();
                CloseFrame.read(bytes, offset, length, findings);
            }
        }
    }

    private void violation(CloseReason reason) {
        stop();
        findings.violation(reason);
    }

    private void tooLarge() {
        stop();
        findings.tooLarge();
    }

    private void tooManyFrames() {
        stop();
        findings.tooManyFrames();
    }

    /** Ignores all further bytes. */
    private void stop() {
        done = true;
        assembly = null;
    }
}
