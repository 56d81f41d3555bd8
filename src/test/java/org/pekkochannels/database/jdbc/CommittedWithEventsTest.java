package org.pekkochannels.database.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.transaction.DelegatingTransactionHandler;
import org.jdbi.v3.core.transaction.TransactionException;
import org.jdbi.v3.core.transaction.TransactionHandler;
import org.junit.jupiter.api.Test;

/** A transaction that was committed with what depends on it, before the driver's own commit fails. */
final class CommittedWithEventsTest {
    private final Jdbi jdbi = Jdbi.create("jdbc:h2:mem:");
    private final List<String> seen = new ArrayList<>();

    private final class Event implements CommitHook.Dependent {
        @Override
        public boolean isPublishing() {
            return true;
        }

        @Override
        public boolean publishAndCommit(Connection connection) throws SQLException {
            connection.commit();
            return true;
        }

        @Override
        public void committed() {
            seen.add("committed");
        }

        @Override
        public void discarded() {
            seen.add("discarded");
        }

        @Override
        public int size() {
            return 1;
        }

        @Override
        public void cutBack(int size) {}
    }

    private static final class FailingCommit extends DelegatingTransactionHandler {
        private final Throwable failure;

        FailingCommit(TransactionHandler delegate, Throwable failure) {
            super(delegate);
            this.failure = failure;
        }

        @Override
        public TransactionHandler specialize(Handle handle) throws SQLException {
            return new FailingCommit(getDelegate().specialize(handle), failure);
        }

        @Override
        public void commit(Handle handle) {
            super.commit(handle);
            if (failure instanceof Error error) {
                throw error;
            }
            throw (RuntimeException) failure;
        }
    }

    private void commit(Throwable failure) {
        jdbi.setTransactionHandler(new HookedTransactions(new FailingCommit(jdbi.getTransactionHandler(), failure)));
        jdbi.useTransaction(handle -> {
            CommitHook.add(handle, new Event());
            handle.afterCommit(() -> seen.add("after"));
        });
    }

    @Test
    void remainsCommitted() {
        commit(new TransactionException("the connection is closed"));

        assertThat(seen).containsExactly("committed", "after");
    }

    @Test
    void passesAFatalErrorOn() {
        Error fatal = new OutOfMemoryError("Java heap space");

        assertThatThrownBy(() -> commit(fatal)).isSameAs(fatal);

        assertThat(seen).startsWith("committed").doesNotContain("discarded");
    }
}
