package org.pekkochannels.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.pekkochannels.database.TestDatabase.await;

import java.io.IOException;
import org.jdbi.v3.sqlobject.config.RegisterConstructorMapper;
import org.jdbi.v3.sqlobject.statement.SqlQuery;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** DAOs on a real PostgreSQL. */
final class PostgresSqlObjectTest extends SqlObjectContract {
    private static EmbeddedPostgreSql postgres;

    /** As PostgreSQL says it. */
    @RegisterConstructorMapper(Note.class)
    public interface Returning {
        /** Adds one, and returns the row. */
        @SqlQuery("insert into note (body) values (:body) returning *")
        Note add(String body);
    }

    @BeforeAll
    static void startPostgres() throws IOException {
        postgres = EmbeddedPostgreSql.start();
    }

    @AfterAll
    static void stopPostgres() throws IOException {
        postgres.close();
    }

    @Override
    String url() {
        return postgres.url();
    }

    @Test
    void returnsTheRowOfAnInsertThatReturnsIt() {
        Note added = await(database.withExtension(Returning.class, notes -> notes.add("ink")));

        assertThat(find(added.id())).contains(added);
        assertThat(added.body()).isEqualTo("ink");
    }
}
