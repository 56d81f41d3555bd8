package org.pekkochannels.database;

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
                "postgres://u:p@h/d?sslmode=require&x=1  | jdbc:postgresql://h/d?sslmode=require&x=1 | u | p",
                "mysql://u:p%40x@h:3306/d?ssl-mode=x     | jdbc:mysql://h:3306/d?ssl-mode=x      | u    | p@x",
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

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "h2:mem:x",
                "jdbc:",
                "oracle://u:p@h/d",
                "mysql://u:p@ss@h/d",
                "sqlite://data/x.db",
                "sqlite:x%3F.db",
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
                "postgres://u:secret@h/d                           | postgres:...",
                "mysql://u:secret@h/d                              | mysql:...",
                "secret                                            | ...",
            })
    void showsNoSecret(String text, String shown) {
        assertThat(DatabaseUrl.display(text)).isEqualTo(shown);
    }

    @Test
    void hasNoSecretInItsText() {
        DatabaseUrl url = new DatabaseUrl("jdbc:postgresql://h/d?password=secret", "user", "secret");

        assertThat(url).hasToString("jdbc:postgresql://h/d");
    }
}
