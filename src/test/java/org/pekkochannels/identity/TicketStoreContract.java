package org.pekkochannels.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.pekkochannels.identity.SessionSystem.await;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** What the tables keep of one-time tickets, the same on each database. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class TicketStoreContract {
    static final Account ADA = new Account(1, "Ada", "hash of Ada");
    static final Account BOB = new Account(2, "Bob", "hash of Bob");
    private static final int REDEEMERS = 32;

    SessionSystem sessions;

    abstract String url();

    @BeforeAll
    void start() {
        sessions = new SessionSystem(
                url(),
                "channels.database.max-waiting = 5000, channels.session { table = web_session,"
                        + " ticket-table = web_ticket, max-age = 10 days, idle-timeout = 1 day }",
                true);
        drop();
        await(sessions.service.createTables());
        await(sessions.database().useHandle(Accounts::create));
    }

    private void drop() {
        await(sessions.database().useHandle(handle -> {
            handle.execute("drop table if exists web_session");
            handle.execute("drop table if exists web_ticket");
            handle.execute("drop table if exists account");
        }));
    }

    @AfterAll
    void stop() {
        drop();
        sessions.close();
    }

    String loggedIn(Account account) {
        WebSession<Account> session = sessions.page("");
        session.login(account);
        return sessions.key(session);
    }

    private Tickets<Account> tickets() {
        return sessions.service.ticketsInUse();
    }

    private String loginTicket(String key) {
        return await(sessions.socket(key).loginTicket(ADA));
    }

    private String webSocketTicket(String key) {
        return await(sessions.page(key).webSocketTicket());
    }

    private boolean opens(String ticket) {
        return await(tickets().redeemWebSocket(ticket)).isPresent();
    }

    private List<String> column(String name) {
        return await(sessions.database()
                .withHandle(handle -> handle.select("select " + name + " from web_ticket")
                        .mapTo(String.class)
                        .list()));
    }

    @Test
    void letsOneOf32RedeemersOfALoginTicketWin() {
        WebSession<Account> visitor = sessions.page("");
        visitor.put("cart", 3);
        String key = sessions.key(visitor);
        String ticket = loginTicket(key);
        List<WebSession<Account>> pages =
                Stream.generate(() -> sessions.page(key)).limit(REDEEMERS).toList();

        // All calls wait for the database's threads before the first result is looked at.
        List<CompletionStage<Optional<Account>>> all =
                pages.stream().map(page -> page.redeemed(ticket)).toList();
        List<Account> winners = all.stream().flatMap(one -> await(one).stream()).toList();

        assertThat(winners).containsExactly(ADA);
    }

    @Test
    void letsOneOf32WebSocketsWin() {
        String ticket = webSocketTicket(loggedIn(ADA));

        List<CompletionStage<Boolean>> all = Stream.generate(
                        () -> tickets().redeemWebSocket(ticket).thenApply(Optional::isPresent))
                .limit(REDEEMERS)
                .toList();

        assertThat(all.stream().filter(SessionSystem::await)).hasSize(1);
    }

    /** Also when both have found it before. */
    @Test
    void letsOneOfTwoThatFindATicketDeleteIt() {
        String ticket = loginTicket("");
        TicketTable table = new TicketTable("web_ticket");
        List<Boolean> deleted = await(sessions.database()
                .withHandle(handle -> Stream.generate(
                                () -> table.delete(handle, ticket, TicketTable.Purpose.LOGIN, Instant.EPOCH))
                        .limit(2)
                        .toList()));

        assertThat(deleted).containsExactly(true, false);
    }

    @Test
    void storesNeitherTicketsNorKeys() {
        String key = loggedIn(ADA);
        String ticket = webSocketTicket(key);
        String login = loginTicket(key);

        assertThat(column("ticket_hash"))
                .doesNotContain(ticket, login)
                .allSatisfy(hash -> assertThat(hash).matches("[0-9a-f]{64}"));
        assertThat(column("session_ref")).doesNotContain(key);
    }

    @Test
    void opensWithTheSessionOfTheTicket() {
        String key = loggedIn(ADA);
        Tickets.Admission<Account> opened =
                await(tickets().redeemWebSocket(webSocketTicket(key))).orElseThrow();

        assertThat(opened.found().session()).map(StoredSession::key).contains(key);
        assertThat(opened.found().user()).contains(ADA);
    }

    @Test
    void opensNothingAfterALogout() {
        String key = loggedIn(ADA);
        String ticket = webSocketTicket(key);
        WebSession<Account> session = sessions.page(key);
        session.logout();
        await(session.save());

        assertThat(opens(ticket)).isFalse();
    }

    @Test
    void forgetsTicketsOfAUserWhoIsLoggedOutEverywhere() {
        String login = await(sessions.page("").loginTicket(BOB));

        await(sessions.service.endAll("2"));

        assertThat(await(sessions.page("").redeemed(login))).isEmpty();
    }

    @Test
    void logsInOnlyTheSessionOfTheTicket() {
        WebSession<Account> visitor = sessions.page("");
        visitor.put("cart", 3);
        String key = sessions.key(visitor);

        assertThat(await(sessions.page("").redeemed(loginTicket(key)))).isEmpty();
        assertThat(await(sessions.page(loggedIn(BOB)).redeemed(loginTicket(key))))
                .isEmpty();
        assertThat(await(sessions.page(key).redeemed(loginTicket("")))).isEmpty();
        assertThat(await(sessions.page(key).redeemed(loginTicket(key)))).contains(ADA);
    }

    @Test
    void knowsWhatATicketIsFor() {
        String key = loggedIn(ADA);

        assertThat(opens(loginTicket(key))).isFalse();
        assertThat(await(sessions.page(key).redeemed(webSocketTicket(key)))).isEmpty();
    }

    @Test
    void endsTicketsAfterTheirAge() {
        String key = loggedIn(ADA);
        String inTime = webSocketTicket(key);
        sessions.clock.advance(Duration.ofSeconds(29));
        assertThat(opens(inTime)).isTrue();

        String late = webSocketTicket(key);
        String lateLogin = loginTicket(key);
        sessions.clock.advance(Duration.ofSeconds(30));
        assertThat(opens(late)).isFalse();
        assertThat(await(sessions.page(key).redeemed(lateLogin))).isEmpty();

        await(tickets().deleteExpired());
        assertThat(column("ticket_hash")).isEmpty();
    }

    @Test
    void logsNobodyInWhoWasDeleted() {
        await(sessions.database().useHandle(handle -> handle.execute("insert into account values (4, 'Dan', '')")));
        String ticket = await(sessions.page("").loginTicket(new Account(4, "Dan", "")));
        await(sessions.database().useHandle(handle -> handle.execute("delete from account where id = 4")));

        assertThat(await(sessions.page("").redeemed(ticket))).isEmpty();
    }

    @Test
    void makesATicketInTheCallersTransaction() {
        WebSession<Account> socket = sessions.socket("");
        String[] rolledBack = new String[1];

        String ticket = await(sessions.database().inTransaction(handle -> socket.loginTicket(handle, ADA)));
        assertThatThrownBy(() -> await(sessions.database().useTransaction(handle -> {
                    rolledBack[0] = socket.loginTicket(handle, ADA);
                    throw new IllegalStateException("planted");
                })))
                .hasMessage("planted");

        assertThat(await(sessions.page("").redeemed(rolledBack[0]))).isEmpty();
        assertThat(await(sessions.page("").redeemed(ticket))).contains(ADA);
    }

    @Test
    void makesNoWebSocketTicketForAStrangerOrAnUnsavedLogin() {
        WebSession<Account> session = sessions.page("");

        assertThatThrownBy(session::webSocketTicket)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("log in first");
        session.login(ADA);
        assertThatThrownBy(session::webSocketTicket)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("save()");
        await(session.save());
        assertThat(opens(await(session.webSocketTicket()))).isTrue();
    }

    @Test
    void makesNoTicketUnlessTheSessionsHaveThem() {
        SessionService<Account> without = new SessionService<>(
                Sessions.of(sessions.accounts), Users.of(sessions.accounts), Optional.empty(), false, sessions.system);
        WebSession<Account> session = await(without.load(SessionSystem.request(""), true));

        assertThatThrownBy(() -> session.loginTicket(ADA))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("withTickets()");
        assertThatThrownBy(session::webSocketTicket).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> session.redeemed("x")).isInstanceOf(IllegalStateException.class);
    }
}
