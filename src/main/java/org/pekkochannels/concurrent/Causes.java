package org.pekkochannels.concurrent;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The causes of a failure. The causes of an application's exceptions may form a cycle, so only the first {@value #MOST} are examined.
 * Stateless.
 */
public final class Causes {
    private static final int MOST = 100;
    private static final int MOST_PRINTED = 1_000;

    private Causes() {}

    /**
     * A failure, its cause, the cause of the cause, and so on.
     *
     * @param failure any throwable
     * @return at most {@value #MOST}, the failure itself first
     */
    public static Stream<Throwable> of(Throwable failure) {
        return Stream.iterate(failure, cause -> cause != null, Causes::causeOf).limit(MOST);
    }

    /**
     * The cause of a failure.
     *
     * @param failure any throwable
     * @return empty if there is none, or {@code getCause} throws
     */
    public static Optional<Throwable> cause(Throwable failure) {
        return Optional.ofNullable(causeOf(failure));
    }

    /**
     * Whether a failure has a text.
     *
     * @param failure any throwable
     * @return false if its {@code toString} throws
     */
    public static boolean hasText(Throwable failure) {
        try {
            return failure.toString() != null;
        } catch (Throwable unprintable) {
            return false;
        }
    }

    /**
     * Whether a logger can print a failure: its methods and those of its causes do not throw, and the causes are finite.
     *
     * @param failure any throwable
     * @return false if there are more than {@value #MOST_PRINTED} causes and suppressed failures
     */
    public static boolean arePrintable(Throwable failure) {
        Set<Throwable> seen = Collections.newSetFromMap(new IdentityHashMap<>());
        Deque<Throwable> unseen = new ArrayDeque<>(List.of(failure));
        try {
            while (!unseen.isEmpty() && seen.size() <= MOST_PRINTED) {
                Throwable next = unseen.pop();
                if (seen.add(next)) {
                    unseen.addAll(read(next));
                }
            }
            return unseen.isEmpty();
        } catch (Throwable unprintable) {
            return false;
        }
    }

    /** Calls the methods that a logger calls. */
    private static List<Throwable> read(Throwable failure) {
        List<Throwable> others = new ArrayList<>(List.of(failure.getSuppressed()));
        Stream.of(String.valueOf(failure.getMessage()), failure.toString(), failure.getStackTrace())
                .forEach(Objects::requireNonNull);
        if (failure.getCause() != null) {
            others.add(failure.getCause());
        }
        return others;
    }

    private static @Nullable Throwable causeOf(Throwable failure) {
        try {
            return failure.getCause();
        } catch (Throwable unknown) { // these methods may be the application's code
            return null;
        }
    }

    /**
     * The first failure of a class.
     *
     * @param failure any throwable
     * @param type the class
     * @param <T> the class
     * @return the failure itself or one of its causes; empty if none is of the class
     */
    public static <T extends Throwable> Optional<T> first(Throwable failure, Class<T> type) {
        return of(failure).filter(type::isInstance).map(type::cast).findFirst();
    }
}
