package org.pekkochannels.consumer;

import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.pekkochannels.consumer.FaultySource.Fault;
import org.pekkochannels.database.TransactionOptions;

/** What one callback is to say in its transactions, what goes wrong with them, and what is to be heard of it; by chance. */
record CallbackPlan(int number, Kind kind, List<Part> parts) {
    /** A callback's last word, said in no transaction of its own. */
    static final String END = "end";

    private static final List<Fault> FAULTS = List.of(Fault.values());

    /** How a callback has its transactions. */
    enum Kind {
        TWO_CALLS,
        TWO_IN_ONE_CALL,
        BLOCKING,
        TWO_IN_BLOCKING;

        boolean isBlocking() {
            return this == BLOCKING || this == TWO_IN_BLOCKING;
        }
    }

    /** One transaction: its words, of which each is for the group or the client, and what goes wrong the first time. */
    record Part(int id, List<Boolean> toGroup, int insertAt, Fault fault, int attempts) {
        private static Part at(Random random, int id) {
            List<Boolean> toGroup = Stream.generate(random::nextBoolean)
                    .limit(random.nextInt(5))
                    .toList();
            Fault fault = random.nextBoolean() ? Fault.NONE : FAULTS.get(random.nextInt(FAULTS.size()));
            return new Part(id, toGroup, random.nextInt(5), fault, 1 + random.nextInt(3));
        }

        Stream<String> words(boolean ofGroup) {
            return IntStream.range(0, toGroup.size())
                    .filter(number -> toGroup.get(number) == ofGroup)
                    .mapToObj(this::word);
        }

        String word(int number) {
            return id + "." + number;
        }

        TransactionOptions options() {
            return TransactionOptions.defaults().withAttempts(attempts);
        }

        // Of a commit whose answer was lost nobody knows that it has happened.
        private boolean isKnown(Set<Integer> committed) {
            return committed.contains(id) && fault != Fault.LOST_AFTER_COMMIT;
        }
    }

    static CallbackPlan at(Random random, int number) {
        Kind kind = Kind.values()[random.nextInt(Kind.values().length)];
        return new CallbackPlan(
                number,
                kind,
                IntStream.range(0, kind == Kind.BLOCKING ? 1 : 2)
                        .mapToObj(part -> Part.at(random, 2 * number + part))
                        .toList());
    }

    /** Those whose commit was seen to succeed, of all that are committed. */
    Stream<Part> known(Set<Integer> committed) {
        return parts.stream().filter(part -> part.isKnown(committed));
    }

    /** What the client hears; only a blocking callback that is one transaction fails with it. */
    List<Object> toClient(Set<Integer> committed) {
        if (kind == Kind.BLOCKING && known(committed).findAny().isEmpty()) {
            return List.of(1011);
        }
        return Stream.<Object>concat(known(committed).flatMap(part -> part.words(false)), Stream.of(END))
                .toList();
    }

    /** What the group hears. */
    List<String> toGroup(Set<Integer> committed) {
        return known(committed).flatMap(part -> part.words(true)).toList();
    }
}
