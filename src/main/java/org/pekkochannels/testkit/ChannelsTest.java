package org.pekkochannels.testkit;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.ClassTemplate;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * The tests of a class have a parameter of type {@link TestApplication}. It is started once for the class, and once more for each further
 * edge. After each test its clients are disconnected. Needs JUnit 5.13 or later.
 * <pre>{@code
 * @ChannelsTest(ChatServer.class)
 * final class ChatTest {
 *     @Test
 *     void echoes(TestApplication app) {
 *         WebSocketCommunicator ada = app.connect("/ws/chat/lobby/");
 *         ada.send("hello");
 *         assertEquals("hello", ada.receiveText());
 *     }
 * }
 * }</pre>
 *
 * <p>JUnit's configuration parameter {@code pekkochannels.testkit.waits-at-most}, for example {@code 30 s}, sets
 * {@link TestApplication#waitsAtMost} for all classes, for example on a slow machine.
 *
 * <p>The application is started by the only static method of the given class that takes a {@code Config} and returns a
 * {@code ChannelsServer}; its name and visibility do not matter.
 */
@Documented
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@ClassTemplate
@ExtendWith(ChannelsTestExtension.class)
public @interface ChannelsTest {
    /**
     * The class with the method that starts the application.
     *
     * @return by default the test's own class
     */
    Class<?> value() default ChannelsTest.class;

    /**
     * How the clients connect. With several edges, all tests of the class run over each of them.
     *
     * @return by default only {@link TestEdge#MEMORY}
     */
    TestEdge[] over() default TestEdge.MEMORY;

    /**
     * Keys of the configuration, as HOCON, which override those of {@code ConfigFactory.load()}.
     *
     * @return for example {@code channels.websocket.idle-timeout = 1m}
     */
    String config() default "";
}
