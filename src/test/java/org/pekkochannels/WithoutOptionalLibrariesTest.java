package org.pekkochannels;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.File;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pekkochannels.consumer.ConsumerContext;
import org.pekkochannels.consumer.WebSocketConsumer;
import org.pekkochannels.http.JdkClient;
import org.pekkochannels.http.RunningApplication;
import org.pekkochannels.identity.JwtVerifier;
import org.pekkochannels.layer.Event;
import org.pekkochannels.layer.UnencodablePayloadException;

/**
 * All works where what not everybody needs is not on the class path: nothing is measured or traced, and what asks for one of
 * them is told its name.
 */
final class WithoutOptionalLibrariesTest {
    private static final String WORKED = "worked without them";
    private static final String PROXIED =
            "channels.http.trusted-proxies = [127.0.0.1], channels.netty.proxy-protocol = on";

    /** What runs in a process of its own, with none of them. */
    public static final class Application {
        private Application() {}

        /** Starts a server, and speaks to it. */
        public static void main(String[] args) {
            requireAbsent(
                    "io.micrometer.core.instrument.MeterRegistry",
                    "io.opentelemetry.context.Context",
                    "io.netty.channel.Channel",
                    "io.netty.buffer.ByteBuf",
                    "io.netty.util.ReferenceCounted",
                    "org.junit.jupiter.api.Test",
                    "org.apache.pekko.cluster.Cluster",
                    "com.nimbusds.jose.JOSEException",
                    "com.fasterxml.jackson.datatype.jsr310.JavaTimeModule",
                    "com.fasterxml.jackson.datatype.jdk8.Jdk8Module");
            converse("");
            sendATime();
            verifyTokens();
            fail("channels.edge = netty");
            fail("channels.layer.type = cluster");
            System.exit(0);
        }
    }

    /** What runs in a process of its own, with the one that the event loops need. */
    public static final class NettyApplication {
        private NettyApplication() {}

        /** Starts a server, speaks to it, and starts others that need more. */
        public static void main(String[] args) {
            requireAbsent(
                    "io.netty.handler.codec.haproxy.HAProxyMessageDecoder",
                    "io.netty.channel.epoll.Epoll",
                    "io.netty.channel.uring.IoUring");
            converse("channels.edge = netty");
            fail("channels.edge = netty, " + PROXIED);
            fail("channels.edge = netty, channels.netty.transport = epoll");
            fail("channels.edge = netty, channels.netty.transport = io-uring");
            System.exit(0);
        }
    }

    /** What runs in a process of its own, with what others bring of Netty, and without what the event loops need. */
    public static final class IncompleteNettyApplication {
        private IncompleteNettyApplication() {}

        /** Starts a server that cannot serve. */
        public static void main(String[] args) {
            requireAbsent("io.netty.handler.ssl.SslHandler");
            fail("channels.edge = netty");
            System.exit(0);
        }
    }

    /** What runs in a process of its own, with a Jackson module that is not there. */
    public static final class BrokenModuleApplication {
        private BrokenModuleApplication() {}

        /** Starts a server that could not read a message, and one whose mapper needs no module. */
        public static void main(String[] args) {
            fail("");
            try (RunningApplication application = RunningApplication.start(
                    "", channels -> channels.json(new ObjectMapper()).websocket("ws/query/", Query::new))) {
                JdkClient client = JdkClient.connect(application.ws("/ws/query/"));
                System.out.println(client.send(WORKED).next());
                client.close(1000, "");
                application.awaitNoConnections();
            }
            System.exit(0);
        }
    }

    private static void requireAbsent(String... types) {
        for (String type : types) {
            try {
                Class.forName(type);
                throw new AssertionError(type + " is on the class path");
            } catch (ClassNotFoundException expected) {
                // as it should be
            }
        }
    }

    private static RunningApplication start(String config) {
        return RunningApplication.start(config, channels -> channels.websocket("ws/query/", Query::new));
    }

    private static void converse(String config) {
        try (RunningApplication application = start(config)) {
            JdkClient client = JdkClient.connect(application.ws("/ws/query/"));
            System.out.println(client.send(WORKED).next());
            client.close(1000, "");
            application.awaitNoConnections();
        }
    }

    private static void sendATime() {
        try {
            System.out.println(Event.of("noon", Instant.EPOCH));
        } catch (UnencodablePayloadException e) {
            System.out.println(e.getMessage());
        }
    }

    private static void verifyTokens() {
        try {
            System.out.println(JwtVerifier.of(URI.create("https://login.example/keys"))
                    .issuer("https://login.example/")
                    .audience("chat")
                    .algorithms("RS256")
                    .build());
        } catch (IllegalStateException e) {
            System.out.println(e.getMessage());
        }
    }

    private static void fail(String config) {
        try (RunningApplication application = start(config)) {
            System.out.println(config + " started on port " + application.port());
        } catch (RuntimeException e) {
            System.out.println(e.getMessage());
        }
    }

    private static final class Query extends WebSocketConsumer {
        Query(ConsumerContext context) {
            super(context);
        }

        @Override
        protected CompletionStage<?> receive(String text) {
            return database()
                    .useTransaction(handle -> sendAfterCommit(handle, text))
                    .thenCompose(committed -> done());
        }
    }

    @Test
    void servesConsumersWithADatabase() throws Exception {
        String said = runWithout(
                Application.class,
                "micrometer-",
                "opentelemetry-",
                "netty-",
                "jackson-datatype-",
                "nimbus-jose-jwt-",
                "junit-",
                "pekko-cluster",
                "pekko-remote",
                "pekko-distributed-data");

        assertThat(said)
                .contains(WORKED)
                .doesNotContain("NoClassDefFoundError")
                .contains("payload of event 'noon'", "com.fasterxml.jackson.datatype:jackson-datatype-jsr310")
                .contains("JwtVerifier needs the dependency com.nimbusds:nimbus-jose-jwt, version 10")
                .contains("'channels.edge': needs a class that is missing, io/netty/")
                .contains("io.netty:netty-handler, version 4.2")
                .contains(
                        "'channels.layer.type': needs the dependency org.apache.pekko:pekko-cluster-typed_2.13, version 1.");
    }

    @Test
    void servesOnEventLoopsWithNettysHandlersAlone() throws Exception {
        String said = runWithout(
                NettyApplication.class,
                "netty-codec-haproxy-",
                "netty-transport-classes-",
                "netty-transport-native-epoll-",
                "netty-transport-native-io_uring-");

        assertThat(said)
                .contains(WORKED)
                .contains(
                        "'channels.netty.proxy-protocol': must be off without the dependency io.netty:netty-codec-haproxy")
                .contains("add io.netty:netty-transport-native-epoll")
                .contains("add io.netty:netty-transport-native-io_uring");
    }

    @Test
    void startsNoEventLoopsWithoutNettysHandlers() throws Exception {
        assertThat(runWithout(IncompleteNettyApplication.class, "netty-handler-"))
                .contains("'channels.edge': needs a class that is missing, io/netty/handler/")
                .contains("io.netty:netty-handler, version 4.2");
    }

    @Test
    void startsNothingWithAJacksonModuleThatIsBroken(@TempDir Path directory) throws Exception {
        Path services = Files.createDirectories(directory.resolve("META-INF/services"));
        Files.writeString(services.resolve("com.fasterxml.jackson.databind.Module"), "org.example.MissingModule");

        assertThat(run(BrokenModuleApplication.class, directory + File.pathSeparator + classPathWithout()))
                .contains("a Jackson module on the class path is broken: java.util.ServiceConfigurationError")
                .contains("org.example.MissingModule")
                .contains(WORKED);
    }

    /** What a program says in a process of its own, without the jars whose names begin so. */
    private static String runWithout(Class<?> program, String... jars) throws Exception {
        return run(program, classPathWithout(jars));
    }

    private static String run(Class<?> program, String classPath) throws Exception {
        // As in production: the verification is what finds most of the missing classes.
        Process process = new ProcessBuilder(
                        ChildJvm.on(classPath, "-XX:+BytecodeVerificationRemote", program.getName()))
                .redirectErrorStream(true)
                .start();
        try (BufferedReader out = process.inputReader(StandardCharsets.UTF_8)) {
            String said = out.lines().collect(Collectors.joining("\n"));

            assertThat(process.waitFor(120, TimeUnit.SECONDS)).isTrue();
            assertThat(process.exitValue()).as(said).isZero();
            return said;
        } finally {
            process.destroyForcibly();
        }
    }

    private static String classPathWithout(String... jars) {
        return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                .filter(entry ->
                        Stream.of(jars).noneMatch(Path.of(entry).getFileName().toString()::startsWith))
                .collect(Collectors.joining(File.pathSeparator));
    }
}
