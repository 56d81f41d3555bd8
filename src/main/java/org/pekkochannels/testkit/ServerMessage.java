package org.pekkochannels.testkit;

/** A message of a client or of its server. Immutable. */
sealed interface ServerMessage {
    /** A text message. */
    record Text(String text) implements ServerMessage {
        @Override
        public String toString() {
            return "text " + Transcript.shortened(text);
        }
    }

    /** A binary message, whose bytes are not changed. */
    final class Binary implements ServerMessage {
        private final byte[] bytes;

        Binary(byte[] bytes) {
            this.bytes = bytes;
        }

        byte[] bytes() {
            return bytes;
        }

        @Override
        public String toString() {
            return "binary of " + bytes.length + " bytes";
        }
    }
}
