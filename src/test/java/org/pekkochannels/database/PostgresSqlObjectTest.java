package org.pekkochannels.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.pekkochannels.database.TestDatabase.await;

import org.jdbi.v3.sqlobject.config.RegisterConstructorMapper;
import org.jdbi.v3.sqlobject.statement.SqlQuery;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** DAOs on a real PostgreSQL. */
final class PostgresSqlObjectTest extends SqlObjectContract {
    @RegisterExtension
    static final SharedPostgreSql POSTGRES = new SharedPostgreSql();

    /** As PostgreSQL says it. */
    @RegisterConstructorMapper(Note.class)
    public interface Returning {
        /** Adds one, and returns the row. */
        @SqlQuery("insert into note (body) values (:body) returning *")
        Note add(String body);
    }

    @Override
    String url() {
        return POSTGRES.url();
    }

    @Test
    void returnsTheRowOfAnInsertThatReturnsIt() {
        Note added = await(database.withExtension(Returning.class, notes -> notes.add("ink")));

        assertThat(find(added.id())).contains(added);
        assertThat(added.body()).isEqualTo("ink");
    }
}
