package org.pekkochannels.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaMethodCall;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.SortedMap;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.pekkochannels.CallSites;

/** Every timer and every wait of a bounded time in the library: those that follow a test's time, and those that do not, with the reason. */
final class TimersTest {
    private static final Path LIST = Path.of("src/test/resources/timers.txt");
    private static final Pattern TIMED = Pattern.compile(
            "schedule|schedule[A-Z]\\w*|start\\w*Timer\\w*|setReceiveTimeout|orTimeout|completeOnTimeout|delayedExecutor"
                    + "|sleep|parkNanos|timedWait|awaitNanos|awaitTermination");
    // Methods of these names are timers elsewhere too, if they have a time.
    private static final Pattern MAY_BE_TIMED = Pattern.compile("await|get|wait|poll|tryAcquire|join|after");
    private static final List<String> TIMES =
            List.of("long", "java.time.Duration", "scala.concurrent.duration.FiniteDuration");
    private static final List<String> OWNERS = List.of(
            "java.util.concurrent.",
            "java.lang.Thread",
            "java.lang.Object",
            "org.pekkochannels.database.jdbc.TimerThread");

    @Test
    void areListedAsVirtualOrRealWithAReason() throws IOException {
        SortedMap<String, String> listed = CallSites.listed(LIST);

        assertThat(listed.keySet())
                .as("timers in %s; say for a new one whether a test's time moves it, or why the real time does", LIST)
                .isEqualTo(CallSites.of(
                        type -> !type.getPackageName().equals("org.pekkochannels.testkit"), TimersTest::isTimed));
        assertThat(listed.values()).allMatch(kind -> kind.equals("virtual") || kind.matches("real, .{10,}"));
    }

    private static boolean isTimed(JavaMethodCall call) {
        String name = call.getTarget().getName();
        String owner = call.getTarget().getOwner().getName();
        if (owner.startsWith("org.pekkochannels.") && !owner.endsWith(".TimerThread")) {
            return false;
        }
        return TIMED.matcher(name).matches() || (MAY_BE_TIMED.matcher(name).matches() && takesATime(call));
    }

    private static boolean takesATime(JavaMethodCall call) {
        String owner = call.getTarget().getOwner().getName();
        return OWNERS.stream().anyMatch(owner::startsWith)
                && call.getTarget().getRawParameterTypes().stream().anyMatch(type -> TIMES.contains(type.getName()));
    }
}
