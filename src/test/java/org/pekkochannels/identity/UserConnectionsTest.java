package org.pekkochannels.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.pekkochannels.identity.SessionSystem.await;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.apache.pekko.Done;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.pekkochannels.layer.ChannelLayer;
import org.pekkochannels.layer.Event;
import org.pekkochannels.layer.ForwardingLayer;
import org.pekkochannels.layer.GroupName;
import org.pekkochannels.layer.LayerUnavailableException;
import org.pekkochannels.protocol.CloseReason;
import org.pekkochannels.protocol.Lease;
import org.pekkochannels.protocol.Opening;

/** Which WebSockets close when sessions end, on two nodes that share a layer and a table. */
class UserConnectionsTest {
    private static final Account ADA = new Account(1, "Ada", "hash of Ada");
    private static final Account BOB = new Account(2, "Bob", "hash of Bob");
    private static final Duration NEVER = Duration.ofHours(1);
    private static final CloseReason OVER = new CloseReason(4401, "session ended");

    private final SessionSystem system =
            new SessionSystem("jdbc:h2:mem:connections;DB_CLOSE_DELAY=-1", "channels.session.table = web_session");
    private final PlantedLayer layer = new PlantedLayer();
    private final PlantedStore store = new PlantedStore(system.service.store());
    private final UserConnections<Account> first = new UserConnections<>(store, layer, system.system);
    private final UserConnections<Account> second = new UserConnections<>(store, layer, system.system);

    /** Loses or refuses the events that it is told to. */
    private static final class PlantedLayer extends ForwardingLayer {
        private volatile boolean lost;
        private volatile boolean refused;

        PlantedLayer() {
            super(ChannelLayer.inMemory(100, Duration.ofSeconds(10)));
        }

        @Override
        public CompletionStage<Done> groupSend(GroupName group, Event event) {
            if (refused) {
                return CompletableFuture.failedFuture(
                        new LayerUnavailableException("planted", new IllegalStateException("planted")));
            }
            return lost ? CompletableFuture.completedFuture(Done.done()) : super.groupSend(group, event);
        }
    }

    /** A store whose reads fail or wait. */
    private static final class PlantedStore extends ForwardingStore<Account> {
        private volatile boolean failing;

        PlantedStore(SessionStore<Account> inner) {
            super(inner);
        }

        @Override
        public CompletionStage<Map<String, Instant>> valid(List<String> keys) {
            assertThat(keys).hasSizeLessThanOrEqualTo(1000).doesNotHaveDuplicates();
            if (failing) {
                throw new StackOverflowError("planted");
            }
            return super.valid(keys);
        }
    }

    UserConnectionsTest() {
        await(system.service.store().createTable());
        await(system.database().useHandle(Accounts::create));
        first.start(NEVER);
        second.start(NEVER);
    }

    @AfterEach
    void stop() {
        await(system.database().useHandle(handle -> handle.execute("drop all objects")));
        system.close();
    }

    private StoredSession login(Account account) {
        WebSession<Account> session = system.page("");
        session.login(account);
        await(session.save());
        return session.login().orElseThrow();
    }

    private static Lease connect(UserConnections<Account> node, StoredSession session) {
        return node.begin().lease(session);
    }

    private static void awaitRevoked(Lease lease) {
        CompletableFuture<Done> revoked = new CompletableFuture<>();
        lease.onChange(() -> revoked.complete(Done.getInstance()));
        if (lease.revocation().isEmpty()) {
            revoked.orTimeout(20, TimeUnit.SECONDS).join();
        }
        assertThat(lease.revocation()).contains(OVER);
    }

    private void closeAll(Account account) {
        String id = system.accounts.id(account);
        await(system.service.store().endAll(id));
        await(first.ended(id));
    }

    @Test
    void closesThoseOfTheUserOnEveryNodeAndNoOther() {
        StoredSession ada = login(ADA);
        List<Lease> hers = List.of(connect(first, ada), connect(second, ada), connect(second, login(ADA)));
        List<Lease> others = List.of(connect(first, login(BOB)), connect(second, login(BOB)));

        closeAll(ADA);

        hers.forEach(UserConnectionsTest::awaitRevoked);
        assertThat(others).allMatch(lease -> lease.revocation().isEmpty());
    }

    @Test
    void keepsASessionThatBeganAfterwards() {
        StoredSession old = login(ADA);
        await(system.service.store().endAll("1"));
        Lease late = connect(second, login(ADA));
        Lease early = connect(second, old);

        await(first.ended("1"));

        awaitRevoked(early);
        assertThat(late.revocation()).isEmpty();
    }

    @Test
    void closesASocketWhoseSessionWasReadBeforeItEnded() {
        UserConnections<Account>.Handshake handshake = second.begin();
        StoredSession read = login(ADA);

        closeAll(ADA);

        awaitRevoked(handshake.lease(read));
    }

    @Test
    void closesWithoutTheEventAtTheNextCheck() {
        layer.lost = true;
        UserConnections<Account> checking = new UserConnections<>(store, layer, system.system);
        checking.start(Duration.ofMillis(50));
        Lease ada = connect(checking, login(ADA));
        Lease bob = connect(checking, login(BOB));

        closeAll(ADA);

        awaitRevoked(ada);
        assertThat(bob.revocation()).isEmpty();
    }

    @Test
    void closesItsOwnWhereTheLayerRefuses() {
        layer.refused = true;
        Lease ada = connect(first, login(ADA));
        await(system.service.store().endAll("1"));

        assertThatThrownBy(() -> await(first.ended("1"))).isInstanceOf(LayerUnavailableException.class);

        awaitRevoked(ada);
    }

    @Test
    void closesThoseWhoseSessionsCannotBeReadAfterTheEvent() {
        Lease ada = connect(second, login(ADA));
        Lease bob = connect(second, login(BOB));
        store.failing = true;

        await(first.ended("1"));

        awaitRevoked(ada);
        assertThat(bob.revocation()).isEmpty();
    }

    @Test
    void closesASocketWithATokenOfTheUser() {
        Lease token = first.begin().lease(Lease.of(new Lease.Grant("1", Optional.empty())));
        Lease other = first.begin().lease(Lease.of(new Lease.Grant("2", Optional.empty())));

        await(second.ended("1"));

        awaitRevoked(token);
        assertThat(other.revocation()).isEmpty();
    }

    @Test
    void forgetsAHandshakeThatHasNoUserOrFails() {
        CompletableFuture<Opening> never = new CompletableFuture<>();

        first.handshake(begun -> {
            begun.withoutUser();
            return never;
        });
        first.handshake(begun -> CompletableFuture.failedFuture(new IllegalStateException("planted")));
        assertThatThrownBy(() -> first.handshake(begun -> {
                    throw new IllegalStateException("planted");
                }))
                .hasMessage("planted");
        assertThat(first.handshakes()).isZero();

        first.handshake(begun -> never);
        assertThat(first.handshakes()).isEqualTo(1);
    }

    @Test
    void forgetsAConnectionThatHasEnded() {
        Lease ada = connect(first, login(ADA));
        assertThat(first.size()).isEqualTo(1);

        ada.ended();

        assertThat(first.size()).isZero();
    }

    @Test
    @Timeout(60)
    void closesThousandsInBatches() {
        StoredSession ada = login(ADA);
        List<Lease> many = IntStream.range(0, 2500)
                .mapToObj(i -> connect(
                        first,
                        new StoredSession(ada.key() + i, 1, ada.userId(), ada.created(), ada.expires(), ada.data())))
                .toList();
        Lease stays = connect(first, ada);

        await(second.ended("1"));

        many.forEach(UserConnectionsTest::awaitRevoked);
        assertThat(stays.revocation()).isEmpty();
    }

    @Test
    void closesAFewAtATimeSoThatOthersHaveTheirTurnsBetween() {
        List<Lease> many = IntStream.range(0, 1000)
                .mapToObj(i -> first.begin().lease(Lease.of(new Lease.Grant("1", Optional.empty()))))
                .toList();

        await(first.ended("1"));

        assertThat(many.stream().filter(lease -> lease.revocation().isPresent()).count())
                .as("those that the call itself has closed")
                .isBetween(20L, 900L);
        many.forEach(UserConnectionsTest::awaitRevoked);
    }

    @Test
    void closesTheOthersWhereAConnectionFailsToClose() {
        Lease failing = first.begin().lease(Lease.of(new Lease.Grant("1", Optional.empty())));
        failing.onChange(() -> {
            throw new StackOverflowError("planted");
        });
        Lease other = first.begin().lease(Lease.of(new Lease.Grant("1", Optional.empty())));

        await(first.ended("1"));

        awaitRevoked(other);
    }

    @Test
    void forgetsEachOfAUsersConnectionsInAnyOrder() {
        for (List<Integer> order : List.of(List.of(0, 1, 2), List.of(2, 1, 0), List.of(1, 0, 2), List.of(1, 2, 0))) {
            List<Lease> hers = IntStream.range(0, 3)
                    .mapToObj(i -> first.begin().lease(Lease.of(new Lease.Grant("1", Optional.empty()))))
                    .toList();
            for (int i = 0; i < 3; i++) {
                hers.get(order.get(i)).ended();
                assertThat(first.size()).as("in the order " + order).isEqualTo(2 - i);
            }
        }
    }

    @Test
    void forgetsAConnectionWhoseLeaseHasAnotherTaskAtItsEnd() {
        Lease ada = connect(first, login(ADA));
        CompletableFuture<Done> alsoDone = new CompletableFuture<>();
        ada.onEnd(() -> alsoDone.complete(Done.getInstance()));

        ada.ended();

        assertThat(alsoDone).isCompleted();
        assertThat(first.size()).isZero();
    }
}
