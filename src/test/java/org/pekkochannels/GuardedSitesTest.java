package org.pekkochannels;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.AccessTarget;
import com.tngtech.archunit.core.domain.JavaMethodCall;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.SortedMap;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.pekkochannels.concurrent.Offloader;

/**
 * Code that is handed over to an executor, a scheduler, a stage or a listener: what it throws is lost there, or ends what others
 * need. Each such site is in {@code guarded-sites.txt}, with the reason why it is guarded or needs no guard.
 */
final class GuardedSitesTest {
    private static final Path LIST = Path.of("src/test/resources/guarded-sites.txt");
    private static final Pattern HAND_OVER = Pattern.compile(
            "execute|submit|schedule|schedule[A-Z]\\w*|whenComplete\\w*|handle|handleAsync"
                    + "|thenRun\\w*|thenAccept\\w*|onComplete|addListener|addTask|createAsyncCallback|registerOnTermination");
    // Where methods of these names take code.
    private static final List<String> OWNERS = List.of(
            "java.util.concurrent.Executor",
            "java.util.concurrent.CompletionStage",
            "org.pekkochannels.websocket.Transport",
            "org.apache.pekko.actor.Scheduler",
            "org.apache.pekko.actor.typed.Scheduler",
            "org.apache.pekko.actor.typed.javadsl.ActorContext",
            "org.apache.pekko.actor.ActorSystem",
            "org.apache.pekko.actor.CoordinatedShutdown",
            "org.apache.pekko.stream.stage.GraphStageLogic",
            "scala.concurrent.Future",
            "io.netty.util.concurrent.Future");

    @Test
    void listsEachSiteThatHandsCodeOverWithAReason() throws IOException {
        SortedMap<String, String> listed = CallSites.listed(LIST);

        assertThat(listed.keySet())
                .as("sites in %s; for a new one say why what it throws harms nobody else", LIST)
                .isEqualTo(CallSites.of(type -> true, GuardedSitesTest::handsCodeOver));
        assertThat(listed.values()).allSatisfy(reason -> assertThat(reason).hasSizeGreaterThan(10));
    }

    private static boolean handsCodeOver(JavaMethodCall call) {
        AccessTarget.MethodCallTarget target = call.getTarget();
        return target.getOwner().isEquivalentTo(Offloader.class)
                ? target.getName().equals("add")
                : HAND_OVER.matcher(target.getName()).matches() && isAnOwner(target);
    }

    private static boolean isAnOwner(AccessTarget.MethodCallTarget target) {
        return OWNERS.stream().anyMatch(owner -> target.getOwner().isAssignableTo(owner));
    }
}
