package org.pekkochannels.websocket.codec;

import org.pekkochannels.protocol.CloseCode;
import org.pekkochannels.protocol.CloseReason;

/** A client's close frame, parsed in place (RFC 6455, section 5.5.1). */
final class CloseFrame {
    private CloseFrame() {}

    /** Reports the content of an unmasked payload, or the violation in it. */
    static void read(byte[] bytes, int offset, int length, FrameParser.Findings findings) {
        if (length == 0) {
            findings.close(CloseReason.of(CloseCode.NO_STATUS));
            return;
        }
        int code = length == 1 ? 0 : ((bytes[offset] & 0xFF) << 8) | (bytes[offset + 1] & 0xFF);
        if (!CloseCode.isSendable(code)) {
            findings.violation(FrameHeader.wrong("invalid close code"));
            return;
        }
        String words = Utf8.decode(bytes, offset + 2, length - 2);
        if (words == null) {
            findings.violation(FrameParser.NOT_UTF_8);
        } else {
            findings.close(new CloseReason(code, words));
        }
    }
}
