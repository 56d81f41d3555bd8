package org.pekkochannels.testkit;

import com.typesafe.config.Config;
import java.util.concurrent.ThreadFactory;
import org.apache.pekko.actor.LightArrayRevolverScheduler;
import org.apache.pekko.event.LoggingAdapter;

/** Pekko's scheduler, for an application under test whose sockets and timers need the real time. Thread-safe. */
final class RealTime extends LightArrayRevolverScheduler implements ActivityOwner {
    private final Activity activity = new Activity();

    /**
     * Called by Pekko.
     *
     * @param config the whole configuration
     * @param log its log
     * @param threads creates the timer's thread
     */
    RealTime(Config config, LoggingAdapter log, ThreadFactory threads) {
        super(config, log, threads);
    }

    @Override
    public Activity activity() {
        return activity;
    }
}
