package org.pekkochannels.example.accounts;

import com.password4j.Argon2Function;
import com.password4j.Password;
import com.password4j.types.Argon2;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.apache.pekko.actor.typed.ActorSystem;

/**
 * Hashes passwords with Argon2id. That takes tens of milliseconds and 19 MiB on purpose, so it has separate threads: it must delay neither turns
 * nor the database. Thread-safe.
 */
final class Passwords {
    // The parameters that OWASP recommends: 19 MiB, two iterations, one lane.
    private static final Argon2Function ARGON2 = Argon2Function.getInstance(19 * 1024, 2, 1, 32, Argon2.ID);
    // Half of the cores, so that many logins at once leave the others to turns and database.
    private static final int THREADS = Math.max(1, Runtime.getRuntime().availableProcessors() / 2);
    private static final int MAX_WAITING = 64;

    private final ThreadPoolExecutor threads;
    private final CompletionStage<String> hashOfNobody;

    /** Ends with the actor system. */
    Passwords(ActorSystem<?> system) {
        threads = new ThreadPoolExecutor(
                THREADS, THREADS, 1, TimeUnit.MINUTES, new ArrayBlockingQueue<>(MAX_WAITING), Passwords::thread);
        threads.allowCoreThreadTimeOut(true);
        system.getWhenTerminated().thenRun(threads::shutdown);
        hashOfNobody = hash(UUID.randomUUID().toString());
    }

    private static Thread thread(Runnable work) {
        Thread thread = new Thread(work, "passwords");
        thread.setDaemon(true);
        return thread;
    }

    /** The hash for a new account. Fails with {@link RejectedExecutionException} if too many calls wait. */
    CompletionStage<String> hash(String password) {
        return onThread(
                () -> Password.hash(password).addRandomSalt(16).with(ARGON2).getResult());
    }

    /**
     * Whether a password is that of an account. Takes as long if there is no such account, so that the time does not show which names exist.
     * Fails with {@link RejectedExecutionException} if too many calls wait.
     */
    CompletionStage<Boolean> matches(String password, Optional<Account> account) {
        return account.map(Account::passwordHash)
                .map(hash -> onThread(() -> isHashOf(hash, password)))
                .orElseGet(() -> hashOfNobody
                        .thenCompose(hash -> onThread(() -> isHashOf(hash, password)))
                        .thenApply(matches -> false));
    }

    private static boolean isHashOf(String hash, String password) {
        return Password.check(password, hash).with(Argon2Function.getInstanceFromHash(hash));
    }

    private <T> CompletionStage<T> onThread(Supplier<T> work) {
        try {
            return CompletableFuture.supplyAsync(work, threads);
        } catch (RejectedExecutionException full) {
            return CompletableFuture.failedFuture(full);
        }
    }
}
