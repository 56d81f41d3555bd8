package org.pekkochannels.consumer;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import org.jdbi.v3.core.CloseException;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.JdbiException;
import org.jdbi.v3.core.transaction.TransactionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.pekkochannels.consumer.FaultySource.Fault;
import org.pekkochannels.database.Database;
import org.pekkochannels.database.DatabaseOutcomeUnknownException;
import org.pekkochannels.database.TransactionOptions;

/** Work that is done does not fail because its connection is lost thereafter. */
class LostConnectionTest extends ConsumerTestSystem {
    private HikariDataSource pool;
    private Database own;

    @BeforeEach
    void startsOnConnectionsThatFail() {
        pool = FaultySource.pool("jdbc:h2:mem:lost;DB_CLOSE_DELAY=-1", 1);
        own = Database.of(kit.system(), pool);
        join(own.useHandle(handle -> handle.execute("create table if not exists done (id int)")));
        join(own.useHandle(handle -> handle.execute("delete from done")));
    }

    @AfterEach
    void stops() {
        join(own.stop());
        pool.close();
    }

    @ParameterizedTest
    @EnumSource(names = {"LOST_BEFORE_AUTOCOMMIT", "LOST_AT_CLOSE"})
    void whatIsCommittedSucceeds(Fault fault) {
        int plain = join(own.inTransaction(handle -> insert(handle, fault)));
        int ofAKind = join(own.inTransaction(TransactionOptions.serializable(), handle -> insert(handle, fault)));
        int inside = join(own.withHandle(handle -> handle.inTransaction(nested -> insert(nested, fault))));

        assertThat(List.of(plain, ofAKind, inside)).containsOnly(1);
        assertThat(count()).isEqualTo(3);
    }

    @Test
    void whatIsCommittedOverAnApplicationsOwnJdbiSucceeds() {
        Database foreign = Database.of(kit.system(), Jdbi.create(pool));

        int inserted = join(foreign.inTransaction(
                TransactionOptions.defaults(), handle -> insert(handle, Fault.LOST_BEFORE_AUTOCOMMIT)));

        assertThat(inserted).isEqualTo(1);
        assertThat(count()).isEqualTo(1);
        join(foreign.stop());
    }

    @Test
    void whatWasDoneInAutocommitSucceeds() {
        int inserted = join(own.withHandle(handle -> insert(handle, Fault.LOST_AT_CLOSE)));

        assertThat(inserted).isEqualTo(1);
        assertThat(count()).isEqualTo(1);
    }

    @Test
    void whatWasLeftUncommittedFails() {
        Throwable failure = join(own.withHandle(handle -> insert(handle.begin(), Fault.LOST_AT_CLOSE))
                .handle((inserted, thrown) -> thrown));

        assertThat(failure).isInstanceOf(TransactionException.class).hasMessageContaining("left a transaction open");
        assertThat(failure.getSuppressed()).singleElement().isInstanceOf(CloseException.class);
        assertThat(count()).isZero();
    }

    @ParameterizedTest
    @EnumSource(names = {"LOST_IN_STATEMENT", "LOST_BEFORE_COMMIT", "LOST_AFTER_COMMIT", "LOST_BEFORE_AUTOCOMMIT"})
    void noTransactionBeginsOnAConnectionThatTheOneBeforeHasLost(Fault fault) {
        List<String> begun = new ArrayList<>();

        Throwable failure = join(own.useHandle(handle -> {
                    try {
                        handle.useTransaction(first -> insert(first, fault));
                    } catch (JdbiException | DatabaseOutcomeUnknownException planted) {
                        // It is the next one that is looked at.
                    }
                    handle.useTransaction(second -> begun.add("the second"));
                })
                .handle((done, thrown) -> thrown));

        assertThat(failure).isInstanceOf(TransactionException.class).hasMessageContaining("the connection was lost");
        assertThat(begun).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(names = {"CONFLICT_AT_COMMIT", "COMMIT_REFUSED"})
    void whatAFailedCommitWasToSendDoesNotLeaveWithTheNextOne(Fault fault) {
        List<String> left = new ArrayList<>();

        join(own.useHandle(handle -> {
            try {
                handle.useTransaction(first -> {
                    first.afterCommit(() -> left.add("of the failed commit"));
                    insert(first, fault);
                });
            } catch (TransactionException planted) {
                handle.useTransaction(second -> {
                    second.afterCommit(() -> left.add("of the next commit"));
                    insert(second, Fault.NONE);
                });
            }
        }));

        assertThat(left).containsExactly("of the next commit");
        assertThat(count()).isEqualTo(1);
    }

    private static int insert(Handle handle, Fault fault) {
        FaultySource.plan(fault);
        return handle.execute("insert into done values (1)");
    }

    private int count() {
        return join(own.withHandle(handle ->
                handle.select("select count(*) from done").mapTo(int.class).one()));
    }

    private static <T> T join(CompletionStage<T> stage) {
        return stage.toCompletableFuture().join();
    }
}
