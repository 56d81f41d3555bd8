package org.pekkochannels.protocol;

import static java.util.Objects.requireNonNull;

import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.annotation.InternalApi;
import org.jspecify.annotations.Nullable;
import org.pekkochannels.concurrent.SafeLog;

/**
 * Whose connection this is, and for how long. The server closes the connection when the lease has ended or is revoked, whatever the consumer
 * does. Thread-safe.
 *
 * <p>A middleware that knows the user passes a lease on with {@link #open}. Consumers find it in their scope under {@link #ATTRIBUTE}, and
 * are notified before its end ({@link Inbound.Expiring}). The connection closes with {@link CloseCode#UNAUTHORIZED} when
 * {@code channels.websocket.lease-grace} has passed after the end. A lease that is revoked before the acceptance is answered 401.
 */
public final class Lease {
    /** The key of a connection's lease in its scope. */
    public static final Attribute<Lease> ATTRIBUTE = new Attribute<>("lease", Lease.class);

    private static final CloseReason OTHER_USER = new CloseReason(CloseCode.FORBIDDEN, "token of another user");
    private static final SafeLog LOG = SafeLog.of(Lease.class);
    private static final Runnable NOTHING = Lease::doNothing;

    private final String user;
    private final Renewal renewal;
    private volatile @Nullable Instant end;
    private volatile @Nullable CloseReason revocation;
    private volatile Runnable changed = NOTHING;
    // Guarded by this.
    private Runnable atEnd = NOTHING;
    // Guarded by this.
    private boolean over;

    private Lease(Grant grant, Renewal renewal) {
        this.user = grant.user();
        this.end = grant.end().orElse(null);
        this.renewal = renewal;
    }

    /**
     * What a session or a token grants.
     *
     * @param user identifies the user, the same on all nodes
     * @param end when the grant ends; empty if it does not end by itself
     */
    public record Grant(String user, Optional<Instant> end) {
        /**
         * Rejects null.
         *
         * @param user identifies the user
         * @param end when the grant ends, if ever
         */
        public Grant {
            requireNonNull(user, "the user of a grant must not be null");
            requireNonNull(end, "the end of a grant must not be null; use Optional.empty()");
        }
    }

    /** Checks the tokens with which clients renew a lease. */
    @FunctionalInterface
    public interface Renewal {
        /**
         * Checks a token. Called on the thread of the caller of {@link Lease#renew}; must not block.
         *
         * @param token what the client has sent
         * @return a stage of what the token grants; empty if it is not valid
         */
        CompletionStage<Optional<Grant>> verify(String token);
    }

    /**
     * A lease that clients cannot renew.
     *
     * @param grant user and end
     * @return the lease
     */
    public static Lease of(Grant grant) {
        return of(
                grant,
                token -> CompletableFuture.failedFuture(new UnsupportedOperationException(
                        "this connection's lease has no renewal: its middleware made it"
                                + " with Lease.of(grant); pass a Renewal as well")));
    }

    /**
     * A lease that clients renew with tokens.
     *
     * @param grant user and end
     * @param renewal checks the tokens
     * @return the lease
     */
    public static Lease of(Grant grant, Renewal renewal) {
        requireNonNull(grant, "the grant of a lease must not be null");
        requireNonNull(renewal, "the renewal of a lease must not be null; use Lease.of(grant)");
        return new Lease(grant, renewal);
    }

    /**
     * Opens an application for the lease's user: the last step of a middleware. Call it once per lease.
     *
     * @param application what the middleware wraps
     * @param scope the connection's scope
     * @return a stage of the application's opening, with the lease; fails with {@link IllegalStateException} if the application has given
     *     the connection another lease
     */
    public CompletionStage<Opening> open(Application application, Scope scope) {
        CompletionStage<Opening> opening;
        try {
            opening = requireNonNull(
                    application.open(scope.withAttribute(ATTRIBUTE, this)),
                    () -> application.getClass().getName()
                            + " returned null; an application or a middleware must return a stage of an Opening");
        } catch (Throwable failure) {
            ended();
            throw failure;
        }
        return opening.thenApply(this::leased).whenComplete(this::endUnlessOpen);
    }

    private Opening leased(Opening opening) {
        if (!(opening instanceof Opening.Proceed proceed)) {
            return opening;
        }
        // Of two leases none counts.
        proceed.lease().ifPresent(Lease::ended);
        return proceed.withLease(this);
    }

    private void endUnlessOpen(@Nullable Opening opening, @Nullable Throwable failure) {
        if (!(opening instanceof Opening.Proceed)) {
            ended();
        }
    }

    /**
     * Identifies the user.
     *
     * @return the text that the grant contained
     */
    public String user() {
        return user;
    }

    /**
     * When the lease ends.
     *
     * @return the end, which {@link #renew} moves; empty if it does not end by itself
     */
    public Optional<Instant> end() {
        return Optional.ofNullable(end);
    }

    /**
     * Moves the end to what a new token grants. A token of another user revokes the lease with {@link CloseCode#FORBIDDEN}; one that is not
     * valid has no effect.
     *
     * @param token what the client has sent
     * @return a stage of whether the lease was renewed, which completes on any thread; fails as the {@link Renewal} does, also if that throws,
     *     and leaves the lease as it was
     */
    public CompletionStage<Boolean> renew(String token) {
        requireNonNull(token, "the token of Lease.renew(..) must not be null");
        try {
            return requireNonNull(renewal.verify(token), "the Renewal of a lease returned null; return a stage")
                    .thenApply(grant -> grant.isPresent() && renew(grant.get()));
        } catch (Throwable failure) {
            return CompletableFuture.failedFuture(failure);
        }
    }

    /**
     * Moves the end to that of another grant, such as that of a session that was read again. A grant of another user revokes the lease with
     * {@link CloseCode#FORBIDDEN}. Any thread.
     *
     * @param grant user and end
     * @return whether the lease was renewed
     */
    public boolean renew(Grant grant) {
        requireNonNull(grant, "the grant of Lease.renew(..) must not be null");
        boolean same = grant.user().equals(user);
        if (same) {
            moveEnd(grant.end().orElse(null));
        } else {
            revoke(OTHER_USER);
        }
        return same;
    }

    /** Sessions are read again every minute, mostly with the same end: then the connection's thread has nothing to do. */
    private void moveEnd(@Nullable Instant next) {
        if (!Objects.equals(end, next)) {
            end = next;
            run(changed, "a change of a lease");
        }
    }

    /**
     * Ends the connection now, whatever its consumer does. If it has not been accepted, the client is answered 401. Only the first call has an
     * effect; any thread.
     *
     * @param reason what the close frame contains
     */
    public void revoke(CloseReason reason) {
        requireNonNull(reason, "the reason of Lease.revoke(..) must not be null");
        synchronized (this) {
            if (revocation != null) {
                return;
            }
            revocation = reason;
        }
        run(changed, "a change of a lease");
    }

    /**
     * Why the lease was revoked.
     *
     * @return the reason; empty while it is not revoked
     */
    public Optional<CloseReason> revocation() {
        return Optional.ofNullable(revocation);
    }

    /**
     * Runs a task once, when the connection has ended or the request was refused; at once if that has happened. Several tasks run in the
     * order of their calls.
     *
     * @param task runs on any thread; must not block; what it throws is logged
     */
    public void onEnd(Runnable task) {
        requireNonNull(task, "the task of Lease.onEnd(..) must not be null");
        synchronized (this) {
            if (!over) {
                atEnd = inOrder(atEnd, task);
                return;
            }
        }
        runAtEnd(task);
    }

    /** Nearly always the first task is the only one. */
    private static Runnable inOrder(Runnable first, Runnable second) {
        return first == NOTHING
                ? second
                : () -> {
                    runAtEnd(first);
                    runAtEnd(second);
                };
    }

    private static void runAtEnd(Runnable task) {
        run(task, "a task of Lease.onEnd(..)");
    }

    /** Of many leases that change or end together, one that fails does not hinder the others. */
    private static void run(Runnable task, String what) {
        try {
            task.run();
        } catch (Throwable failure) {
            LOG.error("{} failed", what, failure);
        }
    }

    /**
     * The server runs a task after each change. Not API.
     *
     * @param task runs on any thread
     * @hidden
     */
    @InternalApi
    @SuppressWarnings("InvalidBlockTag") // Error Prone rejects @hidden here; the doclet obeys it
    public void onChange(Runnable task) {
        changed = task;
    }

    /**
     * The connection has ended, or was refused; idempotent. Not API.
     *
     * @hidden
     */
    @InternalApi
    @SuppressWarnings("InvalidBlockTag") // Error Prone rejects @hidden here; the doclet obeys it
    public void ended() {
        Runnable task;
        synchronized (this) {
            over = true;
            task = atEnd;
            atEnd = NOTHING;
        }
        changed = NOTHING;
        runAtEnd(task);
    }

    private static void doNothing() {}

    /** Without the user, because an application may identify users by their addresses. */
    @Override
    public String toString() {
        return "Lease[end=" + end + ", revocation=" + revocation + "]";
    }
}
