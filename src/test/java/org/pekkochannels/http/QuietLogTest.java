package org.pekkochannels.http;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.AppenderBase;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.pekkochannels.metrics.ChannelsMetrics;
import org.slf4j.LoggerFactory;

/** What a client sends is not logged, and a request that is rejected is not a warning. */
@Tag("edge")
@ParameterizedClass
@EnumSource(Position.class)
class QuietLogTest {
    private static final String SECRET = "s3cr3t";
    private static final String MARKER = "everything before is logged";
    private static final List<String> LOGGERS = List.of(Logger.ROOT_LOGGER_NAME, "org.pekkochannels.access");

    private static final TellingApplication APPLICATION = TellingApplication.start("channels.http.access-log = on");

    private final Position position;
    private final Queue<ILoggingEvent> events = new ConcurrentLinkedQueue<>();
    private final AppenderBase<ILoggingEvent> appender = new AppenderBase<>() {
        @Override
        protected void append(ILoggingEvent event) {
            event.prepareForDeferredProcessing();
            events.add(event);
        }
    };

    QuietLogTest(Position position) {
        this.position = position;
        APPLICATION.beginTest();
        appender.start();
        LOGGERS.forEach(name -> logger(name).addAppender(appender));
    }

    @AfterEach
    void stop() {
        LOGGERS.forEach(name -> logger(name).detachAppender(appender));
    }

    @AfterAll
    static void endsLeakFree() {
        APPLICATION.close();
    }

    private static Logger logger(String name) {
        return (Logger) LoggerFactory.getLogger(name);
    }

    private static String text(ILoggingEvent event) {
        return event.getLevel() + " " + event.getLoggerName() + " " + event.getFormattedMessage() + "\n"
                + event.getMDCPropertyMap() + ThrowableProxyUtil.asString(event.getThrowableProxy());
    }

    /** Pekko logs on a thread of its own, in order. */
    private void awaitLog() {
        APPLICATION.running().system().classicSystem().log().info(MARKER);
        TestProbe.create(APPLICATION.running().system())
                .awaitAssert(
                        Duration.ofSeconds(20),
                        () -> assertThat(events)
                                .anyMatch(event -> event.getFormattedMessage().equals(MARKER)));
    }

    private void assertQuiet() {
        awaitLog();
        assertThat(events)
                .filteredOn(event -> event.getLevel().isGreaterOrEqual(Level.WARN))
                .extracting(QuietLogTest::text)
                .isEmpty();
        assertThat(events)
                .filteredOn(event -> event.getLevel().isGreaterOrEqual(Level.INFO))
                .extracting(QuietLogTest::text)
                .noneMatch(text -> text.contains(SECRET));
    }

    private void ask(String text) throws Exception {
        try (RawExchange exchange = position.askExactly(APPLICATION.port(), text)) {
            exchange.response();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET /page?token=s3cr3t",
                "GET /page?token=s3cr3t&f={\"a\":[1]}",
                "GET /page?token=s3cr3t&a=%zz",
                "GET /page/%ff?token=s3cr3t",
                "GET /page/%zz?token=s3cr3t",
                "GET page?token=s3cr3t",
                "GET http://x:y/page?token=s3cr3t",
                "GET /nothing?token=s3cr3t",
                "GET /ws/echo/?token=s3cr3t",
                "BREW /page?token=s3cr3t",
                "G{T /page?token=s3cr3t",
                "CONNECT s3cr3t:80",
            })
    void hidesTheQuery(String requestLine) throws Exception {
        ask(requestLine + RawExchange.crlf(" HTTP/1.1|Host: x||"));

        assertQuiet();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Host: x|Cookie: session=s3cr3t",
                "Host: x|Cookie: session=s3cr3t,;=\u00e9 {",
                "Host: x|Authorization: Bearer s3cr3t =",
                "Host: x|Authorization s3cr3t",
                "Host: x|Cookie : s3cr3t",
                "Host: x|Cookie: a| s3cr3t",
                "Host: x|Cookie: s3cr3t\u0000",
                "Host: x|If-Modified-Since: s3cr3t",
                "Host: x|Content-Type: s3cr3t",
                "Host: x|Accept: s3cr3t;;",
                "Host: x|Range: s3cr3t",
                "Host: x|Origin: s3cr3t",
                "Host: x|Content-Length: s3cr3t",
                "Host: x|Transfer-Encoding: s3cr3t",
                "Host: x|Expect: s3cr3t",
                "Host: s3cr3t:y",
                "Host: x|Host: s3cr3t",
                "Host: x|Connection: Upgrade|Upgrade: websocket|Sec-WebSocket-Version: 13|Sec-WebSocket-Key: s3cr3t",
                "Cookie: s3cr3t",
            })
    void hidesTheHeaders(String headers) throws Exception {
        ask(RawExchange.crlf("GET /page?token=s3cr3t HTTP/1.1|" + headers + "||"));
        ask(RawExchange.crlf("GET /ws/echo/?token=s3cr3t HTTP/1.1|" + headers + "||"));

        assertQuiet();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "POST /upload HTTP/1.1|Host: x|Transfer-Encoding: chunked||s3cr3t|hello|0||",
                "POST /upload HTTP/1.1|Host: x|Transfer-Encoding: chunked||5|hellos3cr3t",
                "POST /upload HTTP/1.1|Host: x|Transfer-Encoding: chunked||5|hello|0|s3cr3t||",
                "POST /upload HTTP/1.0|Host: x|Transfer-Encoding: chunked||6|s3cr3t|0||",
                "GET /page HTTP/2.0|Cookie: s3cr3t||",
                "s3cr3t||",
            })
    void hidesWhatIsMalformed(String lines) throws Exception {
        ask(RawExchange.crlf(lines));

        assertQuiet();
    }

    @Test
    void hidesTheQueryWhereThePageDoesNotReadTheBody() throws Exception {
        ask(RawExchange.crlf("POST /page?token=s3cr3t HTTP/1.1|Host: x|Content-Length: 1000000||"));

        assertQuiet();
    }

    @ParameterizedTest
    @ValueSource(ints = {3_000, 20_000})
    void hidesWhatIsTooLong(int length) throws Exception {
        ask(RawExchange.crlf("GET /page?token=s3cr3t" + "x".repeat(length) + " HTTP/1.1|Host: x||"));
        ask(RawExchange.crlf("GET /page HTTP/1.1|Host: x|Cookie: s3cr3t" + "x".repeat(length) + "||"));

        assertQuiet();
    }

    @Test
    void saysNothingOfABodyThatIsTooLargeForAPageThatReadsItAsAWhole() throws Exception {
        ask(RawExchange.crlf("POST /strict?token=s3cr3t HTTP/1.1|Host: x|Content-Length: 99999999||"));

        assertQuiet();
    }

    private void assertAnswered(String lines, int status) throws Exception {
        try (RawExchange exchange = position.askExactly(APPLICATION.port(), RawExchange.crlf(lines))) {
            assertThat(exchange.response().status()).isEqualTo(status);
        }
        assertQuiet();
    }

    @Test
    void saysNothingOfABodyThatIsTooLargeForAPageThatStreamsIt() throws Exception {
        assertAnswered("POST /upload?token=s3cr3t HTTP/1.1|Host: x|Content-Length: 99999999||", 413);
    }

    @Test
    void saysNothingOfAFormThatIsTooLarge() throws Exception {
        assertAnswered(
                "POST /file?token=s3cr3t HTTP/1.1|Host: x|Content-Type: multipart/form-data; boundary=b|Content-Length: 99999999||--b|",
                413);
    }

    @Test
    void saysNothingOfAFormWhosePartIsMalformed() throws Exception {
        ask(RawExchange.crlf(
                "POST /file HTTP/1.1|Host: x|Content-Type: multipart/form-data; boundary=b|Content-Length: 25||"
                        + "--b|bad s3cr3t: x||....|"));

        assertQuiet();
    }

    @Test
    void countsABodyThatIsCutOffForAPageThatReadsItAsAWhole() throws Exception {
        SimpleMeterRegistry registry = new SimpleMeterRegistry();
        new ChannelsMetrics(APPLICATION.running().system()).bindTo(registry);
        FunctionCounter truncated = registry.get("channels.http.truncated").functionCounter();
        double before = truncated.count();

        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), APPLICATION.port())) {
            socket.getOutputStream()
                    .write(RawExchange.crlf("POST /strict HTTP/1.1|Host: x|Content-Length: 99||half")
                            .getBytes(StandardCharsets.US_ASCII));
            socket.shutdownOutput();
            TestProbe.create(APPLICATION.running().system())
                    .awaitAssert(
                            Duration.ofSeconds(20),
                            () -> assertThat(truncated.count()).isEqualTo(before + 1));
        }
        assertQuiet();
    }
}
