package org.pekkochannels.identity;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.function.Supplier;
import org.apache.pekko.Done;
import org.apache.pekko.actor.ActorSystem;
import org.apache.pekko.actor.CoordinatedShutdown;
import org.jspecify.annotations.Nullable;
import org.pekkochannels.concurrent.LogPace;
import org.pekkochannels.concurrent.SafeLog;
import org.pekkochannels.identity.ConnectionRegistry.Connection;
import org.pekkochannels.layer.Channel;
import org.pekkochannels.layer.ChannelLayer;
import org.pekkochannels.layer.Event;
import org.pekkochannels.layer.GroupName;
import org.pekkochannels.protocol.Lease;
import org.pekkochannels.protocol.Opening;

/**
 * The WebSockets of this node whose user is logged in, to close those whose session has ended. Thread-safe.
 *
 * <p>One channel of the node hears in a group which users' sessions have ended, and their sockets' sessions are read again: those that are
 * not found close. So are all after a gap of the layer and at each check, because an event may be lost.
 *
 * <p>The order is what makes it safe. A socket is registered before its session is read, and a session is deleted before the event is sent:
 * then either the read does not find the session, or the event finds the socket.
 */
final class UserConnections<U> {
    private static final SafeLog LOG = SafeLog.of(UserConnections.class);
    private static final GroupName GROUP = new GroupName("channels.sessions");
    private static final String ENDED = "channels.sessions.ended";
    private static final int BATCH = 1000;

    private final LoginCheck logins;
    private final ChannelLayer layer;
    private final ActorSystem system;
    private final PacedRevocation revocation;
    private final Channel channel;
    private final ConnectionRegistry open = new ConnectionRegistry();
    private final Set<Handshake> pending = ConcurrentHashMap.newKeySet();
    private final LogPace warnings = LogPace.of(Duration.ofMinutes(1));
    private final AtomicReference<State> state = new AtomicReference<>(State.OUT);

    UserConnections(LoginCheck logins, ChannelLayer layer, ActorSystem system) {
        this.logins = logins;
        this.layer = layer;
        this.system = system;
        revocation = new PacedRevocation(system);
        channel = layer.newChannel(this::heard);
    }

    /** Whether the channel is in the group. */
    private enum State {
        OUT,
        JOINING,
        IN
    }

    /** The sessions of a user have ended; sent to all nodes. */
    record Ended(String user) {}

    /** A socket whose session is being read. */
    final class Handshake {
        private final Set<String> ended = ConcurrentHashMap.newKeySet();

        /** No user is logged in. The application may take its time now, or never answer. */
        void withoutUser() {
            pending.remove(this);
        }

        /** The lease of the session's user. */
        Lease lease(StoredSession session) {
            String user = session.userId().orElseThrow();
            Lease lease = Lease.of(new Lease.Grant(user, Optional.of(session.expires())));
            return registered(lease, session.key());
        }

        /** The lease of a token's user. */
        Lease lease(Lease ofToken) {
            return registered(ofToken, null);
        }

        /** If the user's sessions have ended since the handshake began, it is or will be revoked. */
        private Lease registered(Lease lease, @Nullable String key) {
            Connection connection = open.add(lease, key);
            // After add(..): from then on the event finds the connection.
            pending.remove(this);
            if (ended.contains(lease.user())) {
                end(List.of(connection));
            }
            return lease;
        }
    }

    /** Joins the group, and checks all sessions again and again until the system ends. */
    void start(Duration interval) {
        AutoCloseable unused = layer.onGap(gap -> checkAll());
        join();
        // A typed variable, because addTask is overloaded for Scala's functions.
        Supplier<CompletionStage<Done>> leave = this::leave;
        CoordinatedShutdown.get(system)
                .addTask(CoordinatedShutdown.PhaseServiceStop(), "channels-leave-sessions", leave);
        system.scheduler().scheduleWithFixedDelay(interval, interval, this::tick, system.dispatcher());
    }

    /** The WebSockets have closed. */
    private CompletionStage<Done> leave() {
        channel.close();
        return CompletableFuture.completedFuture(Done.getInstance());
    }

    private void tick() {
        try {
            join();
            checkAll();
        } catch (Throwable failure) {
            // The scheduler would not call again.
            warn("the sessions of open WebSockets were not checked", failure);
        }
    }

    private void join() {
        if (state.compareAndSet(State.OUT, State.JOINING)) {
            layer.groupAdd(GROUP, channel).whenComplete((done, failure) -> {
                state.set(failure == null ? State.IN : State.OUT);
                if (failure != null) {
                    warn("this node does not hear of sessions that end, and checks them only now and then", failure);
                }
            });
        }
    }

    /**
     * A handshake, from before its session is read.
     *
     * @param opening reads the session, and registers the socket if it has a user
     */
    CompletionStage<Opening> handshake(Function<Handshake, CompletionStage<Opening>> opening) {
        join();
        Handshake begun = begin();
        try {
            return opening.apply(begun).whenComplete((opened, failure) -> pending.remove(begun));
        } catch (Throwable failure) {
            pending.remove(begun);
            throw failure;
        }
    }

    Handshake begin() {
        Handshake begun = new Handshake();
        pending.add(begun);
        return begun;
    }

    /** The number of WebSockets of logged-in users. */
    int size() {
        return open.all().size();
    }

    /** The number of handshakes whose sessions are being read. */
    int handshakes() {
        return pending.size();
    }

    /**
     * Closes the sockets on all nodes whose sessions are gone.
     *
     * @return completes when the layer has taken the event; fails as {@link ChannelLayer#groupSend} does, but this node has closed its own
     */
    CompletionStage<Done> ended(String user) {
        end(user);
        return layer.groupSend(GROUP, ENDED, new Ended(user));
    }

    /** As {@link #ended}, where no caller waits for the result. */
    void announce(String user) {
        ended(user).whenComplete((done, failure) -> {
            if (failure != null) {
                warn(
                        "the other nodes do not hear of a session that has ended, and find out at their next check",
                        failure);
            }
        });
    }

    /** On the sender's thread. */
    private void heard(Event event) {
        if (channel.take(event) && event.type().equals(ENDED)) {
            end(event.payload(Ended.class).user());
        }
    }

    private void end(String user) {
        pending.forEach(handshake -> handshake.ended.add(user));
        end(open.of(user));
    }

    /** A token has no session that could be read again. */
    private void end(List<Connection> connections) {
        revocation.revoke(connections.stream()
                .filter(connection -> connection.key() == null)
                .map(Connection::lease)
                .toList());
        check(withKeys(connections), true);
    }

    private void checkAll() {
        check(withKeys(open.all()), false);
    }

    private static List<Connection> withKeys(List<Connection> connections) {
        return connections.stream()
                .filter(connection -> connection.key() != null)
                .toList();
    }

    /**
     * Reads sessions again, a batch at a time.
     *
     * @param strict whether the connections close if the read fails: something has said that their sessions have ended
     */
    private void check(List<Connection> connections, boolean strict) {
        if (connections.isEmpty()) {
            return;
        }
        List<Connection> batch = connections.subList(0, Math.min(BATCH, connections.size()));
        List<Connection> rest = connections.subList(batch.size(), connections.size());
        valid(batch).whenComplete((valid, failure) -> {
            settle(batch, valid, failure, strict);
            check(rest, strict);
        });
    }

    /** Of a connection that has one. */
    private static String key(Connection connection) {
        return requireNonNull(connection.key());
    }

    private CompletionStage<Map<String, Instant>> valid(List<Connection> batch) {
        try {
            return logins.valid(
                    batch.stream().map(UserConnections::key).distinct().toList());
        } catch (Throwable failure) {
            return CompletableFuture.failedFuture(failure);
        }
    }

    private void settle(
            List<Connection> batch, @Nullable Map<String, Instant> valid, @Nullable Throwable failure, boolean strict) {
        if (valid != null) {
            settle(batch, valid);
        } else if (strict) {
            revocation.revoke(batch.stream().map(Connection::lease).toList());
        }
        if (failure != null) {
            warn("the sessions of open WebSockets could not be read", failure);
        }
    }

    private void settle(List<Connection> batch, Map<String, Instant> valid) {
        List<Lease> over = new ArrayList<>();
        for (Connection connection : batch) {
            Lease lease = connection.lease();
            Instant expires = valid.get(key(connection));
            if (expires == null) {
                over.add(lease);
            } else {
                lease.renew(new Lease.Grant(lease.user(), Optional.of(expires)));
            }
        }
        revocation.revoke(over);
    }

    private void warn(String what, Throwable failure) {
        if (warnings.next() > 0) {
            LOG.warn("channels.session: {} (logged at most once a minute)", what, SessionService.cause(failure));
        }
    }
}
