package org.pekkochannels.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.pekkochannels.database.SharedPostgreSql;

/** The databases of {@link FreshDatabase} in PostgreSQL. */
final class PostgresCopiesTest {
    @RegisterExtension
    static final SharedPostgreSql POSTGRES = new SharedPostgreSql();

    @Test
    void copiesWhatTheApplicationHasBuiltOnce() {
        Config config = ConfigFactory.parseMap(Map.of("channels.database.url", POSTGRES.url()))
                .withFallback(ConfigFactory.load())
                .resolve();
        List<String> built = new ArrayList<>();

        try (TestDatabases databases = TestDatabases.of(config, template -> {
            built.add(url(template));
            jdbi(template).useHandle(handle -> handle.execute("create table notes (note text)"));
        })) {
            for (int test = 0; test < 3; test++) {
                Config fresh = databases.create(config);
                assertThat(count(fresh)).isZero();
                jdbi(fresh).useHandle(handle -> handle.execute("insert into notes values ('one')"));
                assertThat(count(fresh)).isEqualTo(1);
                databases.drop(fresh);
            }
        }

        assertThat(built).singleElement().isNotEqualTo(POSTGRES.url());
        int left = Jdbi.create(POSTGRES.url())
                .withHandle(handle -> handle.createQuery(
                                "select count(*) from pg_database where datname like 'channels_test_%'")
                        .mapTo(Integer.class)
                        .one());
        assertThat(left).isZero();
    }

    private static int count(Config config) {
        return jdbi(config)
                .withHandle(handle -> handle.createQuery("select count(*) from notes")
                        .mapTo(Integer.class)
                        .one());
    }

    private static Jdbi jdbi(Config config) {
        return Jdbi.create(url(config));
    }

    private static String url(Config config) {
        return config.getString("channels.database.url");
    }
}
