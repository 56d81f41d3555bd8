package org.pekkochannels.testkit;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.pekkochannels.protocol.CloseCode;
import org.pekkochannels.protocol.CloseReason;
import org.pekkochannels.websocket.codec.Opcode;

/**
 * The client's side of HTTP/1.1 and RFC 6455 for one connection: reads the answer to its request, then frames. Answers pings and the
 * server's close frame by itself.
 *
 * <p>Thread-safe: the network calls it, and the test's thread looks at the results, after each of which {@link Activity} reports a change.
 */
final class ClientConnection implements ClientEnd {
    private static final int SWITCHING_PROTOCOLS = 101;

    private final Activity activity;
    private final ResponseReader reader;
    private final Transcript transcript = new Transcript();
    private final ClientBytes bytes = new ClientBytes();
    private final ArrayDeque<ServerMessage> messages = new ArrayDeque<>();
    private final ByteArrayOutputStream message = new ByteArrayOutputStream();
    private int messageOpcode;
    private @Nullable ClientLink link;
    private @Nullable Response response;
    private @Nullable CloseReason closed;
    private boolean closing;
    private boolean ended;
    private boolean answersPings = true;
    private long pongs;
    private long received;

    ClientConnection(Activity activity, ResponseReader reader) {
        this.activity = activity;
        this.reader = reader;
    }

    @Override
    public synchronized void connected(ClientLink server) {
        link = server;
    }

    /** Sends a request; called once. */
    void start(String line, byte[] request) {
        transcript.sent(line);
        link().send(request);
    }

    ClientLink link() {
        synchronized (this) {
            if (link == null) {
                throw new IllegalStateException("the connection has not started");
            }
            return link;
        }
    }

    Transcript transcript() {
        return transcript;
    }

    /** The server's answer, once it is complete. */
    synchronized Optional<Response> response() {
        return Optional.ofNullable(response);
    }

    synchronized Optional<ServerMessage> takeMessage() {
        return Optional.ofNullable(messages.poll());
    }

    synchronized Optional<ServerMessage> firstMessage() {
        return Optional.ofNullable(messages.peek());
    }

    /** The reason of the server's close frame, or 1006 if the connection has ended without; empty while it is open. */
    synchronized Optional<CloseReason> end() {
        return ended ? Optional.of(closed == null ? CloseReason.LOST : closed) : Optional.empty();
    }

    /** Whether frames may still follow. */
    synchronized boolean isOpen() {
        return !ended && closed == null && response != null && response.status() == SWITCHING_PROTOCOLS;
    }

    /** Whether this side has sent a close frame. */
    synchronized boolean isClosing() {
        return closing;
    }

    synchronized long pongs() {
        return pongs;
    }

    /** The number of messages and closes so far. */
    synchronized long received() {
        return received;
    }

    synchronized void answerPings(boolean on) {
        answersPings = on;
    }

    void send(ServerMessage copy) {
        transcript.sent(copy.toString());
        link().send(
                        copy instanceof ServerMessage.Text text
                                ? MaskedFrame.text(text.text())
                                : MaskedFrame.of(Opcode.BINARY, ((ServerMessage.Binary) copy).bytes()));
    }

    /** Sends a ping, which the transcript leaves out. */
    void ping() {
        link().send(MaskedFrame.of(Opcode.PING, new byte[0]));
    }

    void close(CloseReason reason) {
        synchronized (this) {
            closing = true;
        }
        transcript.sent("close " + words(reason));
        link().send(MaskedFrame.close(reason));
    }

    void abort() {
        transcript.sent("reset");
        link().abort();
    }

    @Override
    public void received(byte[] window, int offset, int length) {
        synchronized (this) {
            bytes.add(window, offset, length);
            read();
        }
        activity.noteChange();
    }

    @Override
    public void ended() {
        synchronized (this) {
            if (!ended) {
                ended = true;
                transcript.received("end of the connection");
                if (response == null) {
                    reader.ended(bytes).ifPresent(answer -> response = answer);
                }
            }
        }
        link().finish();
        activity.noteChange();
    }

    private void read() {
        if (response == null) {
            reader.read(bytes, transcript).ifPresent(this::answered);
        }
        if (response != null && response.status() == SWITCHING_PROTOCOLS) {
            readFrames();
        }
    }

    private void answered(Response answer) {
        response = answer;
        if (answer.status() != SWITCHING_PROTOCOLS) {
            link().finish();
        }
    }

    private void readFrames() {
        while (readFrame()) {
            // each call reads one
        }
    }

    private boolean readFrame() {
        if (bytes.length() < 2) {
            return false;
        }
        int shortLength = bytes.at(1);
        int header = shortLength < 126 ? 2 : shortLength == 126 ? 4 : 10;
        if (bytes.length() < header) {
            return false;
        }
        long length = header == 2 ? shortLength : bytes.number(2, header - 2);
        if (bytes.length() < header + length) {
            return false;
        }
        int first = bytes.take(header)[0] & 0xff;
        onFrame(first, bytes.take((int) length));
        return true;
    }

    private void onFrame(int first, byte[] payload) {
        int opcode = first & 0xf;
        switch (opcode) {
            case Opcode.PING -> onPing(payload);
            case Opcode.PONG -> pongs++;
            case Opcode.CLOSE -> onClose(payload);
            default -> onData(opcode, (first & 0x80) != 0, payload);
        }
    }

    private void onPing(byte[] payload) {
        if (answersPings) {
            link().send(MaskedFrame.of(Opcode.PONG, payload));
        }
    }

    private void onClose(byte[] payload) {
        CloseReason reason = payload.length < 2
                ? CloseReason.of(CloseCode.NO_STATUS)
                : new CloseReason(
                        ByteBuffer.wrap(payload).getShort() & 0xffff,
                        new String(payload, 2, payload.length - 2, StandardCharsets.UTF_8));
        transcript.received("close " + words(reason));
        closed = reason;
        received++;
        if (!closing) {
            closing = true;
            link().send(MaskedFrame.close(CloseReason.of(reason.code())));
        }
    }

    private void onData(int opcode, boolean last, byte[] payload) {
        messageOpcode = opcode == Opcode.CONTINUATION ? messageOpcode : opcode;
        message.writeBytes(payload);
        if (last) {
            byte[] whole = message.toByteArray();
            message.reset();
            ServerMessage next = messageOpcode == Opcode.TEXT
                    ? new ServerMessage.Text(new String(whole, StandardCharsets.UTF_8))
                    : new ServerMessage.Binary(whole);
            transcript.received(next.toString());
            messages.add(next);
            received++;
        }
    }

    static String words(CloseReason reason) {
        return (reason.code() + " " + reason.reason()).trim();
    }
}
