package org.pekkochannels.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.pekkochannels.identity.SessionSystem.await;
import static org.pekkochannels.identity.SessionSystem.request;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The sessions of a real Django, the package python3-django of Debian, where it is installed. */
final class RealDjangoTest {
    private static final Path PYTHON = Path.of("/usr/bin/python3");
    private static final String KEY = "a secret key with \u20ac";
    private static final String SITE = """
            import sys, django
            from django.conf import settings
            settings.configure(
                SECRET_KEY=sys.argv[2], USE_TZ=True, ALLOWED_HOSTS=["*"], DEFAULT_AUTO_FIELD="django.db.models.AutoField",
                DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": sys.argv[1]}},
                INSTALLED_APPS=["django.contrib.auth", "django.contrib.contenttypes", "django.contrib.sessions"])
            django.setup()
            from django.core.management import call_command
            call_command("migrate", verbosity=0)
            from django.contrib.auth.models import User
            from django.test import Client
            names = ["ada", "zo\\u00eb"]
            for name in names:
                client = Client()
                user = User.objects.create_user(name, password="correct horse")
                client.force_login(user)
                session = client.session
                session["note"] = "x" * 5000
                session.save()
                print(user.pk, session.session_key)
            """;

    @TempDir
    private Path directory;

    @Test
    void logsInHere() throws Exception {
        assumeThat(hasDjango()).as("python3-django is installed").isTrue();
        Path database = directory.resolve("site.db");
        List<String> logins = run("-c", SITE, database.toString(), KEY);
        assertThat(logins).hasSize(2);

        try (SessionSystem site =
                new SessionSystem("jdbc:sqlite:" + database, "channels.django.secret-key = \"" + KEY + "\"")) {
            DjangoSessions<String> sessions = DjangoSessions.ofUserIds(site.system);
            for (String login : logins) {
                String id = login.substring(0, login.indexOf(' '));
                String key = login.substring(login.indexOf(' ') + 1);

                assertThat(await(sessions.user(request("sessionid=" + key)))).contains(id);
            }
        }
    }

    private static boolean hasDjango() throws Exception {
        return Files.isExecutable(PYTHON)
                && new ProcessBuilder(PYTHON.toString(), "-c", "import django")
                                .redirectErrorStream(true)
                                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                                .start()
                                .waitFor()
                        == 0;
    }

    private static List<String> run(String... arguments) throws IOException, InterruptedException {
        ProcessBuilder python = new ProcessBuilder(PYTHON.toString());
        python.command().addAll(List.of(arguments));
        python.redirectErrorStream(true).environment().put("PYTHONIOENCODING", "utf-8");
        python.environment().put("LC_ALL", "C.UTF-8");
        Process process = python.start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).as(output).isZero();
        return output.lines().toList();
    }
}
