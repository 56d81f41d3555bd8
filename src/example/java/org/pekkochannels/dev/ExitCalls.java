package org.pekkochannels.dev;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * Makes {@code System.exit} in the application's classes a failure of the application: it must not end the development server. Public
 * because these classes then call it. Thread-safe.
 */
public final class ExitCalls {
    private static final byte[] REPLACEMENT =
            ExitCalls.class.getName().replace('.', '/').getBytes(StandardCharsets.US_ASCII);
    // Of a class file: a magic number, two versions, the number of constants, and the constants (JVMS 4.1, 4.4).
    private static final int COUNT = 8;
    private static final int FIRST = 10;
    private static final int UTF8 = 1;
    private static final int CLASS = 7;
    private static final int METHOD = 10;

    private final ByteBuffer file;
    private final int[] starts;
    private final int end;

    private ExitCalls(byte[] classFile) {
        file = ByteBuffer.wrap(classFile);
        starts = new int[unsigned(COUNT)];
        int at = FIRST;
        for (int i = 1; i < starts.length; i++) {
            starts[i] = at;
            int tag = file.get(at);
            at += 1 + length(tag, at);
            // JVMS 4.4.5: a long or double takes two numbers.
            i += tag == 5 || tag == 6 ? 1 : 0;
        }
        end = at;
    }

    /** A call of {@code System.exit}. */
    static final class ExitError extends Error {
        private static final long serialVersionUID = 1L;

        ExitError(int status) {
            super("the application called System.exit(" + status + "); the console has what it wrote before");
        }
    }

    /**
     * What is called instead.
     *
     * @param status the exit status of the process
     */
    @SuppressWarnings("DoNotCallSuggester") // only class files are changed to call it
    public static void exit(int status) {
        throw new ExitError(status);
    }

    /** The class file with calls of {@link #exit} instead of {@code System.exit}. */
    static byte[] replaced(byte[] classFile) {
        return new ExitCalls(classFile.clone()).replaced();
    }

    /** A method is a constant that refers to its class, a constant too: here, to one that is appended. */
    private byte[] replaced() {
        int added = starts.length + 1;
        boolean calls = false;
        for (int start : starts) {
            if (start > 0 && file.get(start) == METHOD && isExit(start)) {
                file.putShort(start + 1, (short) added);
                calls = true;
            }
        }
        return calls ? withReplacement() : file.array();
    }

    private boolean isExit(int method) {
        int nameAndType = starts[unsigned(method + 3)];
        return text(starts[unsigned(starts[unsigned(method + 1)] + 1)]).equals("java/lang/System")
                && text(starts[unsigned(nameAndType + 1)]).equals("exit");
    }

    private byte[] withReplacement() {
        byte[] before = file.array();
        ByteBuffer longer = ByteBuffer.allocate(before.length + 3 + REPLACEMENT.length + 3);
        longer.put(before, 0, end);
        longer.put((byte) UTF8).putShort((short) REPLACEMENT.length).put(REPLACEMENT);
        longer.put((byte) CLASS).putShort((short) starts.length);
        longer.put(before, end, before.length - end);
        longer.putShort(COUNT, (short) (starts.length + 2));
        return longer.array();
    }

    private int unsigned(int at) {
        return Short.toUnsignedInt(file.getShort(at));
    }

    private String text(int utf8) {
        return new String(file.array(), utf8 + 3, unsigned(utf8 + 1), StandardCharsets.UTF_8);
    }

    /** The bytes of a constant after its tag (JVMS 4.4). */
    private int length(int tag, int at) {
        return switch (tag) {
            case UTF8 -> 2 + unsigned(at + 1);
            case 7, 8, 16, 19, 20 -> 2;
            case 15 -> 3;
            case 3, 4, 9, 10, 11, 12, 17, 18 -> 4;
            case 5, 6 -> 8;
            default -> throw new IllegalArgumentException("unknown constant " + tag);
        };
    }
}
