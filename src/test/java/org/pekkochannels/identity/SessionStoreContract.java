package org.pekkochannels.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.pekkochannels.identity.SessionSystem.await;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.apache.pekko.Done;
import org.junit.jupiter.api.Test;

/** What the table keeps of sessions, the same on each database. */
abstract class SessionStoreContract extends TicketStoreContract {
    private record Item(String name, BigDecimal price) {}

    private long rows() {
        return await(sessions.database()
                .withHandle(handle -> handle.select("select count(*) from web_session")
                        .mapTo(Long.class)
                        .one()));
    }

    @Test
    void createsTheTableOnce() {
        List<CompletableFuture<?>> again = IntStream.range(0, 4)
                .<CompletableFuture<?>>mapToObj(
                        i -> sessions.service.store().createTable().toCompletableFuture())
                .toList();

        again.forEach(SessionSystem::await);
    }

    @Test
    void storesNothingForAVisitorWithoutValues() {
        WebSession<Account> session = sessions.page("");

        assertThat(sessions.key(session)).isEmpty();
        assertThat(session.user()).isEmpty();
    }

    @Test
    void keepsValuesAsTheyAre() {
        WebSession<Account> session = sessions.page("");
        Item item = new Item("Zo\u00eb \u20ac \ud83d\ude00 \u0000", new BigDecimal("1.10"));
        session.put("cart", item);
        session.put("half", "\ud83d");
        session.put("gone", 1);
        session.remove("gone");
        String key = sessions.key(session);

        WebSession<Account> later = sessions.page(key);

        assertThat(later.names()).containsExactly("cart", "half");
        assertThat(later.get("cart", Item.class)).contains(item);
        assertThat(later.get("half", String.class)).contains("\ud83d");
        assertThat(later.get("missing", String.class)).isEmpty();
    }

    @Test
    void storesOnlyTheHashOfTheKey() {
        String key = loggedIn(ADA);

        List<String> keys = await(sessions.database()
                .withHandle(handle -> handle.select("select session_key from web_session")
                        .mapTo(String.class)
                        .list()));

        assertThat(key).hasSize(43);
        assertThat(keys).isNotEmpty().allSatisfy(hash -> assertThat(hash).matches("[0-9a-f]{64}"));
        assertThat(sessions.page(key).user()).contains(ADA);
    }

    @Test
    void cyclesTheKeyAtALoginAndKeepsTheVisitorsValues() {
        WebSession<Account> visitor = sessions.page("");
        visitor.put("cart", 3);
        String planted = sessions.key(visitor);

        WebSession<Account> session = sessions.page(planted);
        session.login(ADA);
        String key = sessions.key(session);

        assertThat(key).isNotEqualTo(planted);
        assertThat(sessions.page(planted).names()).isEmpty();
        assertThat(sessions.page(key).get("cart", Integer.class)).contains(3);
    }

    @Test
    void dropsTheValuesOfAnotherUser() {
        WebSession<Account> session = sessions.page(loggedIn(ADA));
        session.put("secret", "Ada's");
        session.login(BOB);
        String key = sessions.key(session);

        assertThat(sessions.page(key).user()).contains(BOB);
        assertThat(sessions.page(key).names()).isEmpty();
    }

    @Test
    void endsASessionAtALogout() {
        String key = loggedIn(ADA);
        WebSession<Account> session = sessions.page(key);

        session.logout();

        assertThat(session.user()).isEmpty();
        assertThat(sessions.key(session)).isEmpty();
        assertThat(sessions.page(key).user()).isEmpty();
    }

    @Test
    void beginsANewSessionForValuesAfterALogout() {
        String key = loggedIn(ADA);
        WebSession<Account> session = sessions.page(key);

        session.logout();
        session.put("flash", "You are logged out.");
        String after = sessions.key(session);

        assertThat(after).isNotEqualTo(key);
        assertThat(sessions.page(after).get("flash", String.class)).contains("You are logged out.");
        assertThat(sessions.page(after).user()).isEmpty();
    }

    @Test
    void saysThatASessionWasChangedElsewhere() {
        String key = loggedIn(ADA);
        WebSession<Account> first = sessions.page(key);
        WebSession<Account> second = sessions.socket(key);
        first.put("n", 1);
        second.put("n", 2);
        await(first.save());

        assertThatThrownBy(() -> await(second.save())).isInstanceOf(SessionConflictException.class);

        await(second.refresh());
        assertThat(second.get("n", Integer.class)).contains(1);
        second.put("n", 3);
        await(second.save());
        assertThat(sessions.page(key).get("n", Integer.class)).contains(3);
    }

    @Test
    void neverBringsBackADeletedSession() {
        String key = loggedIn(ADA);
        WebSession<Account> page = sessions.page(key);
        WebSession<Account> login = sessions.page(key);
        WebSession<Account> socket = sessions.socket(key);
        WebSession<Account> elsewhere = sessions.page(key);
        elsewhere.logout();
        await(elsewhere.save());
        long rows = rows();

        page.put("n", 1);
        login.login(ADA);
        socket.put("n", 1);

        assertThatThrownBy(() -> await(page.save())).isInstanceOf(SessionConflictException.class);
        assertThatThrownBy(() -> await(login.save())).isInstanceOf(SessionConflictException.class);
        assertThatThrownBy(() -> await(socket.save())).isInstanceOf(SessionConflictException.class);
        assertThat(rows()).isEqualTo(rows);
        await(socket.refresh());
        assertThat(socket.user()).isEmpty();
    }

    @Test
    void savesInTheCallersTransaction() {
        String key = loggedIn(ADA);
        WebSession<Account> socket = sessions.socket(key);
        socket.put("n", 1);

        await(sessions.database().useTransaction(socket::save));

        assertThat(sessions.page(key).get("n", Integer.class)).contains(1);
    }

    @Test
    void savesNothingOfATransactionThatIsRolledBack() {
        String key = loggedIn(ADA);
        WebSession<Account> socket = sessions.socket(key);
        socket.put("n", 1);

        assertThatThrownBy(() -> await(sessions.database().useTransaction(handle -> {
                    socket.save(handle);
                    throw new IllegalStateException("planted");
                })))
                .hasMessage("planted");

        assertThat(sessions.page(key).names()).isEmpty();
        socket.put("n", 2);
        assertThatThrownBy(() -> await(socket.save())).isInstanceOf(SessionConflictException.class);
        await(sessions.database().useHandle(socket::refresh));
        socket.put("n", 3);
        await(socket.save());
        assertThat(sessions.page(key).get("n", Integer.class)).contains(3);
    }

    @Test
    void losesNothingOf32Writers() {
        String key = loggedIn(ADA);
        AtomicInteger conflicts = new AtomicInteger();

        List<CompletableFuture<?>> writers = IntStream.range(0, 32)
                .<CompletableFuture<?>>mapToObj(i -> CompletableFuture.runAsync(() -> increment(key, conflicts)))
                .toList();
        writers.forEach(SessionSystem::await);

        assertThat(sessions.page(key).get("n", Integer.class)).contains(32);
        assertThat(conflicts.get()).isNotNegative();
    }

    private void increment(String key, AtomicInteger conflicts) {
        WebSession<Account> session = sessions.page(key);
        while (true) {
            try {
                session.put("n", session.get("n", Integer.class).orElse(0) + 1);
                await(session.save());
                return;
            } catch (SessionConflictException conflict) {
                conflicts.incrementAndGet();
                await(session.refresh());
            }
        }
    }

    @Test
    void lets32WritersBringNothingBack() {
        String key = loggedIn(ADA);
        List<WebSession<Account>> all =
                IntStream.range(0, 32).mapToObj(i -> sessions.page(key)).toList();

        List<CompletableFuture<?>> writers = IntStream.range(0, 32)
                .<CompletableFuture<?>>mapToObj(i -> {
                    if (i == 7) {
                        all.get(i).logout();
                    } else {
                        all.get(i).put("n", i);
                    }
                    return all.get(i)
                            .save()
                            .exceptionally(failure -> Done.getInstance())
                            .toCompletableFuture();
                })
                .toList();
        writers.forEach(SessionSystem::await);

        assertThat(sessions.page(key).user()).isEmpty();
        assertThat(sessions.page(key).names()).isEmpty();
    }

    @Test
    void writesTheTimeOfLastUseOncePerMinute() {
        String key = loggedIn(ADA);
        long first = lastSeen(key);

        sessions.clock.advance(Duration.ofSeconds(59));
        sessions.page(key);
        long within = lastSeen(key);
        sessions.clock.advance(Duration.ofSeconds(1));
        sessions.page(key);
        long after = lastSeen(key);

        assertThat(within).isEqualTo(first);
        assertThat(after).isEqualTo(first + 60_000);
    }

    private long lastSeen(String key) {
        WebSession<Account> found = sessions.page(key);
        assertThat(found.user()).isPresent();
        return await(sessions.database()
                .withHandle(handle -> handle.select("select max(last_seen_at) from web_session")
                        .mapTo(Long.class)
                        .one()));
    }

    @Test
    void endsASessionThatIsUnusedOrOld() {
        String unused = loggedIn(ADA);
        String used = loggedIn(ADA);

        for (int hours = 0; hours < 230; hours += 23) {
            sessions.clock.advance(Duration.ofHours(23));
            assertThat(sessions.page(used).user()).contains(ADA);
        }
        sessions.clock.advance(Duration.ofHours(11));

        assertThat(sessions.page(unused).user()).isEmpty();
        assertThat(sessions.page(used).user()).isEmpty();
    }

    @Test
    void deletesExpiredSessionsInBatches() {
        List<CompletableFuture<?>> logins = IntStream.range(0, 1100)
                .<CompletableFuture<?>>mapToObj(i -> {
                    WebSession<Account> session = sessions.page("");
                    session.login(ADA);
                    return session.save().toCompletableFuture();
                })
                .toList();
        logins.forEach(SessionSystem::await);
        sessions.clock.advance(Duration.ofDays(2));
        String alive = loggedIn(BOB);

        assertThat(await(sessions.service.store().deleteExpired())).isTrue();
        while (await(sessions.service.store().deleteExpired())) {
            // the next batch
        }

        assertThat(rows()).isEqualTo(1);
        assertThat(sessions.page(alive).user()).contains(BOB);
    }

    @Test
    void knowsNobodyWhoWasDeleted() {
        await(sessions.database().useHandle(handle -> handle.execute("insert into account values (3, 'Cid', '')")));
        String key = loggedIn(new Account(3, "Cid", ""));
        await(sessions.database().useHandle(handle -> handle.execute("delete from account where id = 3")));

        assertThat(sessions.page(key).user()).isEmpty();
        assertThat(sessions.page(key).names()).isEmpty();
    }
}
