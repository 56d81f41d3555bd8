package org.pekkochannels.dev;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The text of a failure: what was thrown, its causes, and where in the application's own classes. */
final class Failure {
    private static final int MOST_CAUSES = 10;
    private static final int MOST_FRAMES = 5;

    private Failure() {}

    static String text(@Nullable Throwable failure, Path classes) {
        List<String> lines = new ArrayList<>();
        Throwable next = failure;
        for (int i = 0; next != null && i < MOST_CAUSES; i++) {
            lines.add((i == 0 ? "" : "Caused by: ") + next);
            Stream.of(next.getStackTrace())
                    .filter(frame -> isOf(frame, classes))
                    .limit(MOST_FRAMES)
                    .forEach(frame -> lines.add("    at " + text(frame)));
            next = next.getCause();
        }
        return String.join("\n", lines);
    }

    private static boolean isOf(StackTraceElement frame, Path classes) {
        return Files.exists(classes.resolve(frame.getClassName().replace('.', '/') + ".class"));
    }

    /** Without the name of the class loader. */
    private static String text(StackTraceElement frame) {
        return frame.getClassName() + "." + frame.getMethodName() + "(" + frame.getFileName() + ":"
                + frame.getLineNumber() + ")";
    }
}
