package org.pekkochannels.websocket.codec;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.pekkochannels.protocol.CloseReason;
import org.pekkochannels.protocol.Inbound;
import org.pekkochannels.websocket.Conversation;

/** What a parser found, in words. */
final class RecordedFindings implements FrameParser.Findings {
    private final List<String> found = new ArrayList<>();
    private final int most;

    RecordedFindings() {
        this(Integer.MAX_VALUE);
    }

    /** With room for so many. */
    RecordedFindings(int most) {
        this.most = most;
    }

    List<String> found() {
        return found;
    }

    @Override
    public boolean hasRoom() {
        return found.size() < most;
    }

    @Override
    public void message(Inbound.Message message) {
        found.add(Conversation.words(message));
    }

    @Override
    public void ping(byte[] bytes, int offset, int length) {
        found.add("ping " + new String(bytes, offset, length, StandardCharsets.UTF_8));
    }

    @Override
    public void pong(byte[] bytes, int offset, int length) {
        found.add("pong " + new String(bytes, offset, length, StandardCharsets.UTF_8));
    }

    @Override
    public void close(CloseReason reason) {
        found.add(("close " + reason.code() + " " + reason.reason()).trim());
    }

    @Override
    public void violation(CloseReason reason) {
        found.add("violation " + reason.code() + " " + reason.reason());
    }

    @Override
    public void tooLarge() {
        found.add("too large");
    }

    @Override
    public void tooManyFrames() {
        found.add("too many frames");
    }
}
