package org.pekkochannels.edge;

import org.apache.pekko.event.Logging;
import org.apache.pekko.event.slf4j.Slf4jLogger;
import org.pekkochannels.concurrent.FatalErrors;
import scala.PartialFunction;
import scala.runtime.BoxedUnit;

/**
 * Writes what Pekko logs through SLF4J, as Pekko's own logger does, and loses no more than the line where an appender or a filter
 * throws: of Pekko's, an {@code Error} ends the actor system. Pekko makes it by name.
 */
public final class ContainedLogger extends Slf4jLogger {
    /** Called by Pekko. */
    public ContainedLogger() {}

    @Override
    public void aroundReceive(PartialFunction<Object, BoxedUnit> receive, Object event) {
        try {
            super.aroundReceive(receive, event);
        } catch (Throwable unwritten) { // no line can be written here
            FatalErrors.rethrow(unwritten);
            answer(event);
        }
    }

    /** The line that the logger has started comes before its answer, without which no actor system starts. */
    private void answer(Object event) {
        if (event instanceof Logging.InitializeLogger) {
            sender().tell(Logging.loggerInitialized(), self());
        }
    }
}
