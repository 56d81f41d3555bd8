package org.pekkochannels.database.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.SQLException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** No secret gets into what is said about a failure. */
final class SecretsTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "jdbc:postgresql://h/d?user=tom&password=s3cret",
                "jdbc:h2:./data/x;USER=tom;PASSWORD=s3cret",
                "jdbc:mysql://tom:s3cret@h/d",
                "jdbc:mysql:loadbalance://tom:s3cret@h,i/d?x=1",
                "jdbc:oracle:thin:tom/s3cret@//h:1521/d",
                "jdbc:mysql://(host=h,user=tom,password=s3cret)/d",
                "jdbc:mysql://address=(host=h)(user=tom)(password=s3cret)/d",
                "jdbc:sqlserver://h;databaseName=d;username=tom;trustStorePassword=s3cret",
            })
    void findsTheSecretsOfAUrl(String url) {
        Secrets secrets = new Secrets(url, "", "");

        assertThat(secrets.redact("tom may not, with s3cret")).isEqualTo("*** may not, with ***");
    }

    @Test
    void hidesUsersAsWholeWordsOnly() {
        Secrets secrets = new Secrets("jdbc:postgresql://h/d", "postgres", "");

        assertThat(secrets.redact("jdbc:postgresql: no \"postgres\"")).isEqualTo("jdbc:postgresql: no \"***\"");
    }

    @Test
    void hidesEncodedAndDecodedForms() {
        Secrets secrets = new Secrets("jdbc:x://h/d?password=a%2Fb", "", "");

        assertThat(secrets.redact("a%2Fb or a/b")).isEqualTo("*** or ***");
    }

    @Test
    void hidesTheLongerSecretFirst() {
        Secrets secrets = new Secrets("jdbc:x://h/d?password=pass&token=password1", "", "");

        assertThat(secrets.redact("password1")).isEqualTo("***");
    }

    @Test
    void keepsAFailureThatTellsNothing() {
        SQLException failure = new SQLException("connection refused");

        Throwable kept = new Secrets("jdbc:x://h/d", "tom", "s3cret").withoutSecrets(failure);

        assertThat(kept).isSameAs(failure);
    }

    @Test
    void replacesAFailureWhoseCauseTells() {
        SQLException failure = new SQLException("no", "08001", 7, new IllegalStateException("s3cret"));

        SQLException clean = new Secrets("jdbc:x://h/d", "tom", "s3cret").withoutSecrets(failure);

        assertThat((Throwable) clean).hasMessage("no").hasNoCause();
        assertThat(clean.getSQLState()).isEqualTo("08001");
        assertThat(clean.getErrorCode()).isEqualTo(7);
    }
}
