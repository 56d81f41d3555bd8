package org.pekkochannels.websocket;

import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;

/**
 * The cases of the fuzzing client of the
 * <a href="https://github.com/crossbario/autobahn-testsuite">Autobahn test suite</a> over a raw socket, with their numbers.
 *
 * <p>Each edge extends this class and starts a server that echoes. Where the suite knows "strict" and "non-strict" (an
 * answer to a message that a violation follows), both pass, as there. Sections 12 and 13 send fewer messages than the
 * suite, and data made up for the purpose.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
public abstract class WireContract {
    /** What the cases of section 9 and 12 need beyond the defaults. */
    protected static final String CONFIG = """
            channels.websocket {
              max-message-bytes = 16 MiB
              max-frames = 100000
              max-outbound-bytes = 32 MiB
              compression { enabled = on, threshold = 0 }
            }
            """;

    private Server server;

    /** A running server. */
    public interface Server extends AutoCloseable {
        /** The port on the loopback interface. */
        int port();

        /** Where it echoes. */
        String path();

        @Override
        void close();
    }

    /**
     * Starts a server with {@link #CONFIG} that echoes every message.
     *
     * @return the server
     */
    protected abstract Server start();

    @BeforeAll
    final void startServer() {
        server = start();
    }

    @AfterAll
    final void stopServer() throws Exception {
        server.close();
    }

    @TestFactory
    final Stream<DynamicTest> framing() {
        return tests(FramingCases.all());
    }

    @TestFactory
    final Stream<DynamicTest> fragmentation() {
        return tests(FragmentCases.all());
    }

    @TestFactory
    final Stream<DynamicTest> utf8() {
        return tests(Utf8Cases.all());
    }

    @TestFactory
    final Stream<DynamicTest> closing() {
        return tests(CloseCases.all());
    }

    @TestFactory
    final Stream<DynamicTest> limits() {
        return tests(LimitCases.all());
    }

    @TestFactory
    final Stream<DynamicTest> compression() {
        return tests(CompressionCases.all());
    }

    private Stream<DynamicTest> tests(Stream<WireCase> cases) {
        return cases.map(each -> DynamicTest.dynamicTest(each.name(), () -> each.run(server.port(), server.path())));
    }
}
