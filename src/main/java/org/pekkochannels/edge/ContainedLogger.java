package org.pekkochannels.edge;

import org.apache.pekko.event.Logging;
import org.apache.pekko.event.slf4j.Slf4jLogger;
import org.pekkochannels.concurrent.FatalErrors;
import org.pekkochannels.concurrent.SafeLog;
import scala.PartialFunction;
import scala.runtime.BoxedUnit;

/**
 * Writes Pekko's log through SLF4J, like Pekko's own logger, but if an appender or a filter throws only the line is lost. With Pekko's
 * logger, an {@code Error} ends the actor system. Messages that a client can cause with each request are logged at debug. Pekko creates it
 * by name.
 */
public final class ContainedLogger extends Slf4jLogger {
    private static final SafeLog LOG = SafeLog.of(ContainedLogger.class);

    // The prefix of the message with which Pekko's streams report a malformed multipart body, with a stack trace. The
    // client is answered 400.
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
        } catch (Throwable unwritten) { // logging does not work here
            FatalErrors.rethrow(unwritten);
            answer(event);
        }
    }

    /** Any client can cause it with each request. */
    private static boolean isOfMalformedPart(Object event) {
        return event instanceof Logging.Error error
                && error.message() instanceof String message
                && message.startsWith(MALFORMED_PART);
    }

    /** The line about the logger's start comes before its answer, without which no actor system starts. */
    private void answer(Object event) {
        if (event instanceof Logging.InitializeLogger) {
            sender().tell(Logging.loggerInitialized(), self());
        }
    }
}
