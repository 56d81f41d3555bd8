package org.pekkochannels.concurrent;

import java.util.Set;
import reactor.blockhound.BlockHound;
import reactor.blockhound.BlockingMethod;
import reactor.blockhound.integration.BlockHoundIntegration;

/**
 * Makes a call that blocks inside a turn fail with an {@link IllegalStateException} that names whose turn it is, in a JVM
 * that BlockHound watches; it finds this class itself. Threads outside of turns, Pekko's own too, may block.
 *
 * <p>Waiting for a lock is let pass, as {@code synchronized} is, which it cannot see; so are class loading and what may read
 * a file once. Other libraries' guards of their own threads stay silent beside it. Thread-safe.
 */
public final class BlockingCalls implements BlockHoundIntegration {
    // Neither gives its thread away for long.
    private static final Set<String> BRIEF_METHODS = Set.of("yield", "yield0", "onSpinWait");
    private static final Set<String> BRIEF_CLASSES = Set.of(
            "java.lang.ClassLoader",
            "java.security.SecureRandom",
            "java.util.ServiceLoader",
            "java.util.concurrent.locks.ReentrantLock",
            "java.util.concurrent.locks.ReentrantReadWriteLock$ReadLock",
            "java.util.concurrent.locks.ReentrantReadWriteLock$WriteLock",
            // Opens a database, for the first who asks for it.
            "org.pekkochannels.database.Databases");

    /** Called by BlockHound. */
    public BlockingCalls() {}

    @Override
    public void applyTo(BlockHound.Builder builder) {
        // Dynamic: a thread is inside a turn at one moment, and outside at the next.
        builder.dynamicThreadPredicate(dynamic -> thread -> true)
                .nonBlockingThreadPredicate(
                        others -> others.or(thread -> TurnThread.current().isPresent()))
                .blockingMethodCallback(BlockingCalls::onBlockingCall);
    }

    // Only turns are looked at: Netty's own guard, for one, takes what its loops do when they end for blocking.
    private static void onBlockingCall(BlockingMethod method) {
        if (!BRIEF_METHODS.contains(method.getName()) && !isInside(BRIEF_CLASSES)) {
            TurnThread.current().ifPresent(turn -> fail(turn, method));
        }
    }

    private static void fail(RunningTurn turn, BlockingMethod method) {
        throw new IllegalStateException(turn.description() + " blocked inside its turn, in " + method.getClassName()
                + "."
                + method.getName() + "; nothing may block there, as the consumers of its dispatcher would wait with"
                + " it: let database().withHandle(..) do database work, onTurn(..) bring what others compute, or"
                + " extend SyncWebSocketConsumer");
    }

    private static boolean isInside(Set<String> classes) {
        return StackWalker.getInstance()
                .walk(frames -> frames.anyMatch(frame -> classes.contains(frame.getClassName())));
    }
}
