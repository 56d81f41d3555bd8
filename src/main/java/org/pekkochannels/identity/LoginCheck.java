package org.pekkochannels.identity;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;

/** Reads again the sessions of WebSockets that are open. Thread-safe. */
@FunctionalInterface
interface LoginCheck {
    /**
     * Which sessions are still valid, read in one call of the database.
     *
     * @param keys at most 1000
     * @return the keys of those that are, and when they expire
     */
    CompletionStage<Map<String, Instant>> valid(List<String> keys);
}
