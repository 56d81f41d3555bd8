package org.pekkochannels.testkit;

import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Where the code of an application or a test has called the library: the stack of its creation. Immutable. */
final class CallSite {
    private static final int MOST_FRAMES = 6;
    private static final String PACKAGE = CallSite.class.getPackageName() + ".";
    private static final Set<String> KIT = Stream.of(
                    CallSite.class,
                    MemberOrigins.class,
                    RunningApplication.class,
                    TestApplication.class,
                    TestChannel.class,
                    TestGroup.class,
                    VirtualTime.class)
            .map(type -> type.getName().substring(PACKAGE.length()))
            .collect(Collectors.toSet());

    private final StackTraceElement[] stack = new Throwable().getStackTrace();

    /** The frames of the application and the test, the innermost first; empty if there are none. */
    @Override
    public String toString() {
        return Stream.of(stack)
                .filter(CallSite::isOfCaller)
                .limit(MOST_FRAMES)
                .map(frame -> "\n      at " + frame)
                .collect(Collectors.joining());
    }

    private static boolean isOfCaller(StackTraceElement frame) {
        String type = frame.getClassName();
        return Ownership.isOfApplication(type)
                && !(type.startsWith(PACKAGE)
                        && KIT.contains(type.substring(PACKAGE.length()).replaceAll("[$].*", "")));
    }
}
