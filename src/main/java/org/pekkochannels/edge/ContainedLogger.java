package org.pekkochannels.edge;

import org.apache.pekko.event.Logging;
import org.apache.pekko.event.slf4j.Slf4jLogger;
import org.pekkochannels.concurrent.FatalErrors;
import org.pekkochannels.concurrent.SafeLog;
import scala.PartialFunction;
import scala.runtime.BoxedUnit;

/**
 * Writes what Pekko logs through SLF4J, as Pekko's own logger does, and loses no more than the line where an appender or a filter
 * throws: of Pekko's, an {@code Error} ends the actor system. What a client can cause with each request is logged at debug. Pekko
 * makes it by name.
 */
public final class ContainedLogger extends Slf4jLogger {
    private static final SafeLog LOG = SafeLog.of(ContainedLogger.class);

    // How Pekko's streams begin to tell of a multipart body that is malformed, with a stack trace; it is answered with
    // 400.
    private static final String MALFORMED_PART =
            "Error in stage [org.apache.pekko.http.impl.engine.parsing.BodyPartParser";

    /** Called by Pekko. */
    public ContainedLogger() {}

    @Override
    public void aroundReceive(PartialFunction<Object, BoxedUnit> receive, Object event) {
        try {
            if (isOfMalformedPart(event)) {
                LOG.debug("a part of a request's multipart body is malformed");
            } else {
                super.aroundReceive(receive, event);
            }
        } catch (Throwable unwritten) { // no line can be written here
            FatalErrors.rethrow(unwritten);
            answer(event);
        }
    }

    /** Any client may cause it with each request. */
    private static boolean isOfMalformedPart(Object event) {
        return event instanceof Logging.Error error
                && error.message() instanceof String message
                && message.startsWith(MALFORMED_PART);
    }

    /** The line that the logger has started comes before its answer, without which no actor system starts. */
    private void answer(Object event) {
        if (event instanceof Logging.InitializeLogger) {
            sender().tell(Logging.loggerInitialized(), self());
        }
    }
}
