package org.pekkochannels.dev;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pekkochannels.http.JdkClient;

/** What a developer sees who saves a file. */
final class DevServerTest {
    private static final String ECHO = "{\"body\":\"echo a\"}";

    @TempDir
    private Path folder;

    private RunningDevServer server;

    @BeforeEach
    void start() throws Exception {
        server = new RunningDevServer(folder);
        assertThat(server.line()).matches("Started in \\d+\\.\\d s; saving a file in .*src restarts it");
    }

    @AfterEach
    void stop() throws Exception {
        server.close();
    }

    @Test
    void servesTheNewClassesOnTheSamePortAndClosesTheOldSocketsWith1012() throws Exception {
        JdkClient old = server.connect();
        assertThat(echo(old)).isEqualTo(ECHO);

        server.edit("app/Echo.java", "\"echo \"", "\"again \"");

        assertThat(server.line()).matches("Restarted in \\d+\\.\\d s: Echo.java");
        assertThat(old.next()).isEqualTo(new JdkClient.Closed(1012, "server going away"));
        assertThat(echo(server.connect())).isEqualTo("{\"body\":\"again a\"}");
        assertThat(server.classes()).isDirectoryContaining("glob:**/2").isDirectoryNotContaining("glob:**/1");
    }

    private static String echo(JdkClient client) {
        return String.valueOf(client.send("{\"body\":\"a\"}").next());
    }

    @Test
    void keepsTheRunningVersionWhileTheSourcesDoNotCompile() throws Exception {
        JdkClient client = server.connect();
        Page page = Page.open();

        server.edit("app/Echo.java", "item.body()", "item.nothing()");

        assertThat(server.line())
                .startsWith("Not compiled, the previous version is still running:\n")
                .contains("Echo.java:16: cannot find symbol", "method nothing()", "Echo.java:17:");
        assertThat(page.event()).startsWith("running");
        assertThat(page.event()).startsWith("failed Not compiled").contains("Echo.java:16: cannot find symbol");
        assertThat(echo(client)).isEqualTo(ECHO);

        server.delete("app/Echo.java");
        assertThat(server.line()).startsWith("Not compiled").contains("Main.java:");

        server.write("app/Echo.java", RunningDevServer.ECHO.replace("echo ", "again "));
        assertThat(server.line()).startsWith("Restarted in");
        assertThat(client.next()).isEqualTo(new JdkClient.Closed(1012, "server going away"));
        assertThat(page.event()).startsWith("failed Not compiled").contains("Main.java:");
        assertThat(page.event()).startsWith("running");
        assertThat(echo(server.connect())).isEqualTo("{\"body\":\"again a\"}");
    }

    @Test
    void showsAFailureOfMainAndTriesAgainAfterTheNextChange() throws Exception {
        server.edit("app/Main.java", "Exception {", "Exception { if (true) throw new Exception(\"no luck\");");
        assertThat(server.line())
                .startsWith("Not started, the next change tries again:\njava.lang.Exception: no luck")
                .contains("at app.Main.main(Main.java:6)");

        // What started before the failure is stopped, or the port would be in use.
        server.edit("app/Main.java", "if (true) throw new Exception(\"no luck\");", "");
        server.line();
        server.edit("app/Main.java", ".start();", ".start(); System.exit(3);");
        assertThat(server.line()).startsWith("Not started").contains("System.exit(3)");

        server.edit("app/Main.java", "System.exit(3);", "");
        assertThat(server.line()).startsWith("Restarted in");
        assertThat(echo(server.connect())).isEqualTo(ECHO);
    }

    @Test
    void showsABadSettingAndAnUsedPort() throws Exception {
        server.write("application.conf", "channels.http.port = high");
        assertThat(server.line())
                .startsWith("Not started")
                .contains("channels.http.port")
                .contains("high");

        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            server.write("application.conf", "channels.http.port = " + taken.getLocalPort());
            assertThat(server.line()).startsWith("Not started").contains("in use");
        }

        server.write("application.conf", "channels.http.port = " + server.port());
        assertThat(server.line()).isNotNull().startsWith("Restarted in").endsWith(": application.conf");
        assertThat(echo(server.connect())).isEqualTo(ECHO);
    }

    @Test
    void reloadsPagesOfThisMachineOnceTheirFilesHaveChanged() throws Exception {
        assertThat(Page.statusFor("http://example.com")).isEqualTo(403);
        assertThat(Page.statusFor("http://localhost.example.com:8000")).isEqualTo(403);
        Page page = Page.open();
        assertThat(page.event()).startsWith("running");

        server.edit("pages/index.html", "old", "new");

        assertThat(server.line()).endsWith(": index.html");
        assertThat(page.event()).startsWith("running");
        assertThat(page.event()).startsWith("reload");
        assertThat(body()).contains("new<script src=\"" + System.getProperty(DevServer.ORIGIN) + "/banner.js\">");
    }

    private String body() throws Exception {
        return JdkClient.http()
                .send(HttpRequest.newBuilder(server.page()).build(), BodyHandlers.ofString())
                .body();
    }

    @Test
    void restartsOnceForManyFilesThatAreSavedTogether() throws Exception {
        for (int i = 0; i < 50; i++) {
            server.write("app/Part" + i + ".java", "package app; class Part" + i + " {}");
        }
        server.write(".#Echo.java", "an editor's lock");
        server.edit("app/Echo.java", "\"echo \"", "\"again \"");

        assertThat(server.line()).endsWith(": Echo.java, Part0.java, Part1.java and 48 more");
        assertThat(echo(server.connect())).isEqualTo("{\"body\":\"again a\"}");
        assertThat(server.furtherLines()).isEmpty();
    }

    @Test
    void keepsTheRowsOfADatabaseInMemoryThatStaysOpen() throws Exception {
        echo(server.connect());
        server.edit(
                "app/Echo.java",
                "\"echo \" + item.body()",
                "handle.createQuery(\"select count(*) from item\").mapTo(String.class).one()");
        server.line();

        assertThat(echo(server.connect())).isEqualTo("{\"body\":\"2\"}");
    }
}
