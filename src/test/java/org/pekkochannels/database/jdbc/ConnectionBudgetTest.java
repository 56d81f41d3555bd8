package org.pekkochannels.database.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The connections of the channel layer, which are counted if they are on the server of the application's database. */
final class ConnectionBudgetTest {
    private static int ofLayer(String type, String application, String layer) {
        Config root = ConfigFactory.parseString("channels { database.url = \"" + application + "\", layer { type = "
                        + type + ", postgres.url = \"" + layer + "\" } }")
                .withFallback(ConfigFactory.load())
                .resolve();
        return ConnectionBudget.ofLayer(root, DatabaseSection.ofDefault(root));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            # type     | application               | layer                                       | counted
            postgres   | postgres://db.example/app | ''                                          | 2
            postgres   | postgres://db.example/app | postgres://u:p@DB.example:5432/events       | 2
            postgres   | postgres://[::1]:6000/app | jdbc:postgresql://[::1]:6000/events?user=u  | 2
            postgres   | postgres://db.example/app | jdbc:postgresql://db.example?user=u         | 2
            postgres   | postgres://db.example/app | postgres://db.example:5433/events           | 0
            postgres   | postgres://db.example/app | postgres://events.example/events            | 0
            postgres   | jdbc:h2:mem:app           | postgres://db.example/events                | 0
            postgres   | postgres://a,b/app        | postgres://a,b/events                       | 0
            in-memory  | postgres://db.example/app | ''                                          | 0
            """)
    void countsTheLayersConnectionsOnTheSameServer(String type, String application, String layer, int counted) {
        assertThat(ofLayer(type, application, layer)).isEqualTo(counted);
    }
}
