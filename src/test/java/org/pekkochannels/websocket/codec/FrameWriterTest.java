package org.pekkochannels.websocket.codec;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.pekkochannels.protocol.CloseReason;
import org.pekkochannels.websocket.ServerFrame;

class FrameWriterTest {
    private final FrameWriter writer = new FrameWriter(0);

    private byte[] written() {
        return Arrays.copyOf(writer.array(), writer.length());
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 125, 126, 127, 128, 129, 65_535, 65_536})
    void writesTextsOfAnyLength(int length) {
        String ascii = "x".repeat(length);
        String longer = "x".repeat(Math.max(0, length - 1)) + "é\uD83D\uDE00";

        writer.text(ascii);
        writer.text(longer);
        writer.binary(ascii.getBytes(StandardCharsets.UTF_8));

        assertThat(ServerFrame.readAll(written()))
                .containsExactly("text " + ascii, "text " + longer, "binary " + ascii);
    }

    @ParameterizedTest
    @ValueSource(ints = {125, 126, 65_535, 65_536})
    void writesLengthsInTheFewestBytes(int length) {
        writer.binary(new byte[length]);

        assertThat(writer.length()).isEqualTo(length + (length < 126 ? 2 : length < 65_536 ? 4 : 10));
    }

    @Test
    void writesAQuestionMarkForHalfACharacter() {
        writer.text("a\uD83Db");

        assertThat(ServerFrame.readAll(written())).containsExactly("text a?b");
    }

    @Test
    void discardsWhatIsSentAndCopiesWhatIsWritten() {
        writer.text("sent");
        int sent = writer.length();
        writer.text("waits");
        writer.discard(sent);
        byte[] waiting = written();

        FrameWriter other = new FrameWriter(0);
        other.ping();
        other.copy(waiting, 0, waiting.length);
        other.copy(new byte[] {'x', (byte) 0x89, 0, 'x'}, 1, 2);

        assertThat(ServerFrame.readAll(waiting)).containsExactly("text waits");
        assertThat(ServerFrame.readAll(Arrays.copyOf(other.array(), other.length())))
                .containsExactly("ping", "text waits", "ping");
    }

    @Test
    void beginsWithItsFirstCapacityAndDoubles() {
        FrameWriter growing = new FrameWriter(64);
        assertThat(growing.array()).isEmpty();

        growing.ping();
        assertThat(growing.array()).hasSize(64);
        growing.text("x".repeat(60));
        assertThat(growing.array()).hasSize(128);
    }

    @Test
    void writesControlFrames() {
        writer.pong(new byte[] {'x', 'a', 'b', 'x'}, 1, 2);
        writer.close(new CloseReason(4001, "bye é"));
        writer.close(CloseReason.of(1005));

        assertThat(ServerFrame.readAll(written())).containsExactly("pong ab", "close 4001 bye é", "close");
    }
}
