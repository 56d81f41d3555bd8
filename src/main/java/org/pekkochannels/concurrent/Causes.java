package org.pekkochannels.concurrent;

import java.util.Optional;
import java.util.stream.Stream;

/**
 * The causes of a failure. An application's exceptions may lead back to themselves, so only the first {@value #MOST} are
 * looked at. Stateless.
 */
public final class Causes {
    private static final int MOST = 100;

    private Causes() {}

    /**
     * A failure, its cause, the cause of that, and so on.
     *
     * @param failure any throwable
     * @return at most {@value #MOST}, the failure itself first
     */
    public static Stream<Throwable> of(Throwable failure) {
        return Stream.iterate(failure, cause -> cause != null, Throwable::getCause)
                .limit(MOST);
    }

    /**
     * The first of a class.
     *
     * @param failure any throwable
     * @param type the class
     * @param <T> the class
     * @return the failure itself or one of its causes, if there is one
     */
    public static <T extends Throwable> Optional<T> first(Throwable failure, Class<T> type) {
        return of(failure).filter(type::isInstance).map(type::cast).findFirst();
    }
}
