package org.pekkochannels.concurrent;

import java.util.Set;
import reactor.blockhound.BlockHound;
import reactor.blockhound.BlockingMethod;
import reactor.blockhound.integration.BlockHoundIntegration;

/**
 * In a JVM with BlockHound, makes a blocking call inside a turn fail with an {@link IllegalStateException} that names the turn. BlockHound
 * discovers this class itself. Threads outside turns, including Pekko's, may block.
 *
 * <p>Allowed inside a turn: waiting for a lock, because BlockHound cannot detect {@code synchronized} either; loading and initializing
 * classes; and code that reads a file once. The guards of other libraries for their threads are disabled meanwhile. Thread-safe.
 */
public final class BlockingCalls implements BlockHoundIntegration {
    // Both return after a short time.
    private static final Set<String> BRIEF_METHODS = Set.of("yield", "yield0", "onSpinWait");
    private static final Set<String> BRIEF_CLASSES = Set.of(
            "java.lang.ClassLoader",
            "java.security.SecureRandom",
            "java.util.ServiceLoader",
            "java.util.concurrent.locks.ReentrantLock",
            "java.util.concurrent.locks.ReentrantReadWriteLock$ReadLock",
            "java.util.concurrent.locks.ReentrantReadWriteLock$WriteLock",
            // Opens a database on its first use.
            "org.pekkochannels.database.DatabaseExtension");

    /** Called by BlockHound. */
    public BlockingCalls() {}

    @Override
    public void applyTo(BlockHound.Builder builder) {
        // Dynamic, because a thread is inside a turn at one moment and outside at the next.
        builder.dynamicThreadPredicate(dynamic -> thread -> true)
                .nonBlockingThreadPredicate(
                        others -> others.or(thread -> TurnThread.current().isPresent()))
                .blockingMethodCallback(BlockingCalls::onBlockingCall);
    }

    // Checks turns only. Netty's guard, for example, would treat the shutdown of its event loops as blocking.
    private static void onBlockingCall(BlockingMethod method) {
        if (!BRIEF_METHODS.contains(method.getName()) && !happensOnce()) {
            TurnThread.current().ifPresent(turn -> fail(turn, method));
        }
    }

    private static void fail(RunningTurn turn, BlockingMethod method) {
        throw new IllegalStateException(turn.description() + " blocked inside its turn, in " + method.getClassName()
                + "." + method.getName()
                + "; a turn must not block, because the other consumers of its dispatcher would wait:"
                + " use database().withHandle(..) for database work, onTurn(..) for stages of other code, or extend"
                + " SyncWebSocketConsumer");
    }

    // A class whose initialization fails would be unusable for the whole JVM.
    private static boolean happensOnce() {
        return StackWalker.getInstance()
                .walk(frames -> frames.anyMatch(frame ->
                        frame.getMethodName().equals("<clinit>") || BRIEF_CLASSES.contains(frame.getClassName())));
    }
}
