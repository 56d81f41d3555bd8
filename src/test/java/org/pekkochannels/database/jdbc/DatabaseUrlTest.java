package org.pekkochannels.database.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The forms of a URL, and what is shown of them. */
final class DatabaseUrlTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            nullValues = "-",
            emptyValue = "",
            value = {
                "postgres://u:p@h:5433/d                 | jdbc:postgresql://h:5433/d            | u    | p",
                "postgresql://u:p@h/d                    | jdbc:postgresql://h/d                 | u    | p",
                "POSTGRES://u:p@h/d                      | jdbc:postgresql://h/d                 | u    | p",
                "postgres://u@h/d                        | jdbc:postgresql://h/d                 | u    | ''",
                "postgres://h/d                          | jdbc:postgresql://h/d                 | ''   | ''",
                "postgres://h                            | jdbc:postgresql://h/                  | ''   | ''",
                "postgres:///d                           | jdbc:postgresql://localhost/d         | ''   | ''",
                "postgres://u:@h/d                       | jdbc:postgresql://h/d                 | u    | ''",
                "postgres://u%40x:p%3A%2F%40%25@h/d      | jdbc:postgresql://h/d                 | u@x  | p:/@%",
                "postgres://u:a+b%20c@h/d                | jdbc:postgresql://h/d                 | u    | a+b c",
                "postgres://u:p%C3%A9@h/d                | jdbc:postgresql://h/d                 | u    | pé",
                "postgres://u:p@[::1]:5432/d             | jdbc:postgresql://[::1]:5432/d        | u    | p",
                "postgres://u:p@[fe80::1]/d              | jdbc:postgresql://[fe80::1]/d         | u    | p",
                "postgres://u:p@my_db:5432/d             | jdbc:postgresql://my_db:5432/d        | u    | p",
                "postgres://u:p@a:1,b:2/d                | jdbc:postgresql://a:1,b:2/d           | u    | p",
                "postgres://u:p@h/d?sslmode=require&x=1  | jdbc:postgresql://h/d?x=1&sslmode=require | u | p",
                "mysql://u:p%40x@h:3306/d?ssl-mode=x     | jdbc:mysql://h:3306/d?ssl-mode=x      | u    | p@x",
                "postgres://u:p@h/my+db                  | jdbc:postgresql://h/my%2Bdb           | u    | p",
                "postgres://u:p@h/my%20db                | jdbc:postgresql://h/my%20db           | u    | p",
                "mysql://u:p@h/my+db                     | jdbc:mysql://h/my%2Bdb                | u    | p",
                "mariadb://u:p@h/my+db%20x               | jdbc:mariadb://h/my+db x              | u    | p",
                "MySQL://h/d                             | jdbc:mysql://h/d                      | ''   | ''",
                "mariadb://u:p@h/d                       | jdbc:mariadb://h/d                    | u    | p",
                "sqlite:data/x.db                        | jdbc:sqlite:data/x.db                 | ''   | ''",
                "sqlite3:x.db                            | jdbc:sqlite:x.db                      | ''   | ''",
                "sqlite:///data/x.db                     | jdbc:sqlite:data/x.db                 | ''   | ''",
                "sqlite:////srv/x.db                     | jdbc:sqlite:/srv/x.db                 | ''   | ''",
                "sqlite:/srv/my%20x.db?busy_timeout=9    | jdbc:sqlite:/srv/my x.db?busy_timeout=9 | '' | ''",
                "jdbc:h2:mem:x;MODE=PostgreSQL           | jdbc:h2:mem:x;MODE=PostgreSQL         | ''   | ''",
                "jdbc:postgresql://h/d?user=u&password=p | jdbc:postgresql://h/d?user=u&password=p | '' | ''",
            })
    void understandsEveryForm(String text, String jdbc, String user, String password) {
        assertThat(DatabaseUrl.parse(text)).contains(new DatabaseUrl(jdbc, user, password));
    }

    /** As the platforms' documentation writes them; hosts and credentials are changed. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "Heroku       | postgres://u:p@ec2-1.amazonaws.com:5432/d | jdbc:postgresql://ec2-1.amazonaws.com:5432/d",
                "Render       | postgresql://u:p@dpg-a.oregon-postgres.render.com/d | jdbc:postgresql://dpg-a.oregon-postgres.render.com/d",
                "Render       | postgresql://u:p@dpg-a-a:5432/d | jdbc:postgresql://dpg-a-a:5432/d",
                "Fly          | postgresql://fly-user:p@pgbouncer.a.flympg.net/fly-db | jdbc:postgresql://pgbouncer.a.flympg.net/fly-db",
                "Fly          | postgres://postgres:p@app.internal:5432 | jdbc:postgresql://app.internal:5432/",
                "Supabase     | postgresql://postgres.ref:p@aws-0-eu.pooler.supabase.com:6543/postgres?sslmode=require"
                        + " | jdbc:postgresql://aws-0-eu.pooler.supabase.com:6543/postgres?sslmode=require",
                "Neon         | postgresql://u:p@ep-a-pooler.eu.aws.neon.tech/d?sslmode=require&channel_binding=require"
                        + " | jdbc:postgresql://ep-a-pooler.eu.aws.neon.tech/d?channelBinding=require&sslmode=require",
                "DigitalOcean | postgresql://doadmin:p@a.db.ondigitalocean.com:25060/defaultdb?sslmode=require"
                        + " | jdbc:postgresql://a.db.ondigitalocean.com:25060/defaultdb?sslmode=require",
                "DigitalOcean | mysql://doadmin:p@a.db.ondigitalocean.com:25060/defaultdb?ssl-mode=REQUIRED"
                        + " | jdbc:mysql://a.db.ondigitalocean.com:25060/defaultdb?sslMode=REQUIRED",
                "Aiven        | mysql://avnadmin:p@a.aivencloud.com:12691/defaultdb?ssl-mode=REQUIRED"
                        + " | jdbc:mysql://a.aivencloud.com:12691/defaultdb?sslMode=REQUIRED",
                "Azure        | postgresql://me%40srv:p@srv.postgres.database.azure.com:5432/d?sslmode=verify-full"
                        + " | jdbc:postgresql://srv.postgres.database.azure.com:5432/d?sslmode=verify-full",
                "Fly          | postgres://u:p@app.flycast:5432/d?sslmode=disable | jdbc:postgresql://app.flycast:5432/d?sslmode=disable",
                "PlanetScale  | mysql://u:p@aws.connect.psdb.cloud/d?sslaccept=strict | jdbc:mysql://aws.connect.psdb.cloud/d?sslMode=VERIFY_IDENTITY",
                "PlanetScale  | mysql://u:p@aws.connect.psdb.cloud/d?ssl={%22rejectUnauthorized%22:true}"
                        + " | jdbc:mysql://aws.connect.psdb.cloud/d?sslMode=VERIFY_IDENTITY",
                "Heroku       | mysql2://u:p@us-cdbr-east.cleardb.com/d?reconnect=true | jdbc:mysql://us-cdbr-east.cleardb.com/d?reconnect=true",
                "Supabase     | postgresql://postgres.ref:p@aws-0-eu.pooler.supabase.com:6543/postgres?pgbouncer=true&connection_limit=1"
                        + " | jdbc:postgresql://aws-0-eu.pooler.supabase.com:6543/postgres?prepareThreshold=0&connection_limit=1",
                "Neon         | postgresql+psycopg://u:p@h.neon.tech/d?sslmode=require&options=endpoint%3Dep-a"
                        + " | jdbc:postgresql://h.neon.tech/d?options=endpoint%3Dep-a&sslmode=require",
                "Aiven        | postgres://avnadmin:p@a.aivencloud.com:1/defaultdb?sslmode=verify-full&sslrootcert=/etc/ca.pem"
                        + " | jdbc:postgresql://a.aivencloud.com:1/defaultdb?sslrootcert=/etc/ca.pem&sslmode=verify-full",
                "TiDB         | mysql://u:p@gateway01.tidbcloud.com:4000/d?tls=true"
                        + " | jdbc:mysql://gateway01.tidbcloud.com:4000/d?sslMode=VERIFY_IDENTITY",
                "Azure        | mysql://u:p@s.mysql.database.azure.com/d?verifyServerCertificate=true&useSSL=true&requireSSL=true"
                        + " | jdbc:mysql://s.mysql.database.azure.com/d?useSSL=true&sslMode=VERIFY_CA",
                "Cloud SQL    | postgres://u:p@10.1.2.3:5432/d | jdbc:postgresql://10.1.2.3:5432/d",
            })
    void understandsThePlatforms(String platform, String text, String jdbc) {
        assertThat(DatabaseUrl.parse(text)).as(platform).map(DatabaseUrl::jdbc).contains(jdbc);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "postgres://h/d?connect_timeout=5&application_name=my+app | jdbc:postgresql://h/d?connectTimeout=5&ApplicationName=my%2Bapp",
                "postgres://a,b/d?target_session_attrs=read-write         | jdbc:postgresql://a,b/d?targetServerType=primary",
                "postgres://a,b/d?target_session_attrs=prefer-standby     | jdbc:postgresql://a,b/d?targetServerType=preferSecondary",
                "postgres://a,b/d?target_session_attrs=any                | jdbc:postgresql://a,b/d?targetServerType=any",
                "postgres://h/d?keepalives=1&load_balance_hosts=random    | jdbc:postgresql://h/d?tcpKeepAlive=true&loadBalanceHosts=true",
                "postgres://h/d?prepareThreshold=0                        | jdbc:postgresql://h/d?prepareThreshold=0",
                "postgres://h/d?ssl=1                                     | jdbc:postgresql://h/d?sslmode=require",
                "postgres://h/d?ssl=true                                  | jdbc:postgresql://h/d?ssl=true",
                "postgres://h/d?sslmode=verify-full&ssl=no-verify         | jdbc:postgresql://h/d?sslmode=verify-full",
                "mysql://h/d?connect_timeout=5                            | jdbc:mysql://h/d?connectTimeout=5000",
                "mysql://h/d?tls=skip-verify                              | jdbc:mysql://h/d?sslMode=REQUIRED",
                "mysql://h/d?ssl_mode=VERIFY_CA&ssl=true                  | jdbc:mysql://h/d?sslMode=VERIFY_CA",
                "mysql://h/d?useSSL=true                                  | jdbc:mysql://h/d?useSSL=true",
                "postgres://h/d?sslmode=require&sslrootcert=ca.pem        | jdbc:postgresql://h/d?sslrootcert=ca.pem&sslmode=verify-ca",
                "postgres://h/d?sslrootcert=system                        | jdbc:postgresql://h/d?sslfactory=org.postgresql.ssl.DefaultJavaSSLFactory&sslmode=verify-full",
                "postgres://h/d?sslcert=c.pem&sslkey=k.pk8&sslmode=prefer | jdbc:postgresql://h/d?sslcert=c.pem&sslkey=k.pk8&sslmode=prefer",
                "postgres://h/d?schema=app                                | jdbc:postgresql://h/d?currentSchema=app",
                "mysql://h/d?ssl-mode=REQUIRED&ssl-verify-server-cert=1   | jdbc:mysql://h/d?sslMode=VERIFY_IDENTITY",
                "mysql://h/d?ssl=true&ssl_verify_cert=false               | jdbc:mysql://h/d?ssl_verify_cert=false&sslMode=REQUIRED",
                "mariadb://h/d?ssl-ca=/etc/my%20ca.pem                    | jdbc:mariadb://h/d?serverSslCert=/etc/my ca.pem&sslMode=verify-ca",
                "mariadb://h/d?sslrootcert=ca.pem&ssl-mode=VERIFY_IDENTITY | jdbc:mariadb://h/d?serverSslCert=ca.pem&sslMode=verify-full",
                "mariadb://h/d?ssl-mode=REQUIRED                          | jdbc:mariadb://h/d?sslMode=trust",
                "mariadb://h/d?ssl-mode=preferred                         | jdbc:mariadb://h/d?sslMode=trust",
                "mariadb://h/d?sslmode=VERIFY_IDENTITY                    | jdbc:mariadb://h/d?sslMode=verify-full",
                "mariadb://h/d?ssl-mode=DISABLED                          | jdbc:mariadb://h/d?sslMode=disable",
            })
    void speaksTheDriversLanguage(String text, String jdbc) {
        assertThat(DatabaseUrl.parse(text)).map(DatabaseUrl::jdbc).contains(jdbc);
    }

    @Test
    void ignoresBlanksAndLineBreaksAroundIt() {
        assertThat(DatabaseUrl.parse(" jdbc:h2:./data/x\r\n"))
                .map(DatabaseUrl::jdbc)
                .contains("jdbc:h2:./data/x");
        assertThat(DatabaseUrl.parse("postgres://u:p@h/d\n"))
                .map(DatabaseUrl::jdbc)
                .contains("jdbc:postgresql://h/d");
    }

    @Test
    void tellsAUnixSocketFromAHost() {
        String text = "postgres://u:p@/d?host=/cloudsql/project:region:instance";

        assertThat(DatabaseUrl.parse(text)).isEmpty();
        assertThat(DatabaseUrl.isSocket(text)).isTrue();
        assertThat(DatabaseUrl.isSocket("postgres://u:p@h/d?hostRecheckSeconds=3"))
                .isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "jdbc:h2:mem:x\ny",
                "mariadb://h/a%3Fb",
                "mariadb://h/d?ssl-ca=a%26b",
                "h2:mem:x",
                "jdbc:",
                "oracle://u:p@h/d",
                "mysql://u:p@ss@h/d",
                "sqlite://data/x.db",
                "sqlite:x%3F.db",
                "sqlite:x%00.db",
                "sqlite:x%zz.db",
                "postgres:/h/d",
                "postgres://u:p@ss@h/d",
                "postgres://u:p/x@h/d",
                "postgres://u:%zz@h/d",
                "postgres://u:p@h:port/d",
                "postgres://u:p@[::1/d",
            })
    void refusesAnythingElse(String text) {
        assertThat(DatabaseUrl.parse(text)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "jdbc:h2:./data/x;USER=u;PASSWORD=secret           | jdbc:h2:./data/x",
                "jdbc:postgresql://h:1/d?user=u&password=secret    | jdbc:postgresql://h:1/d",
                "jdbc:mysql://u:se?cr;et@h/d                       | jdbc:mysql:...",
                "jdbc:oracle:thin:u/secret@h:1521/x                | jdbc:oracle:...",
                "jdbc:mysql://(host=h,user=u,password=secret)/d    | jdbc:mysql://",
                "postgres://u:secret@h/d                           | postgres:...",
                "mysql://u:secret@h/d                              | mysql:...",
                "secret                                            | ...",
                "''                                                | ''",
                "' '                                               | ''",
            })
    void showsNoSecret(String text, String shown) {
        assertThat(DatabaseUrl.display(text)).isEqualTo(shown);
    }

    @Test
    void hasNoSecretInItsText() {
        DatabaseUrl url = new DatabaseUrl("jdbc:postgresql://h/d?password=secret", "user", "secret");

        assertThat(url).hasToString("jdbc:postgresql://h/d");
    }

    @ParameterizedTest
    @CsvSource({
        "jdbc:h2:mem:, true",
        "jdbc:h2:mem:;DB_CLOSE_DELAY=-1, true",
        "jdbc:h2:mem:x;DB_CLOSE_DELAY=-1, false",
        "jdbc:h2:./mem, false"
    })
    void isLostWhereH2HasNoNameInMemory(String url, boolean lost) {
        assertThat(DatabaseUrl.parse(url).orElseThrow().isLost()).isEqualTo(lost);
    }
}
