package org.pekkochannels.layer;

import java.lang.reflect.RecordComponent;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.ZonedDateTime;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import java.util.UUID;

/**
 * The record classes whose values several receivers may share, because no receiver can change them.
 *
 * <p>These are records of primitives, texts, numbers, enums, UUIDs, times and such records. A list is excluded: Jackson creates a mutable one, and
 * whether the record copies it cannot be determined from outside.
 */
final class ImmutableRecords {
    private static final Set<Class<?>> ATOMS = Set.of(
            String.class,
            Boolean.class,
            Byte.class,
            Character.class,
            Short.class,
            Integer.class,
            Long.class,
            Float.class,
            Double.class,
            BigInteger.class,
            BigDecimal.class,
            UUID.class,
            Duration.class,
            Instant.class,
            LocalDate.class,
            LocalDateTime.class,
            LocalTime.class,
            OffsetDateTime.class,
            ZonedDateTime.class);

    // Stored with the class itself, so that no class loader is retained.
    private static final ClassValue<Boolean> KNOWN = new ClassValue<>() {
        @Override
        protected Boolean computeValue(Class<?> type) {
            return type.isRecord() && isImmutable(type, new HashSet<>());
        }
    };

    private ImmutableRecords() {}

    static boolean contain(Class<?> type) {
        return KNOWN.get(type);
    }

    private static boolean isImmutable(Class<?> type, Set<Class<?>> seen) {
        return type.isPrimitive()
                || type.isEnum()
                || ATOMS.contains(type)
                || (type.isRecord() && (!seen.add(type) || hasImmutableComponents(type, seen)));
    }

    private static boolean hasImmutableComponents(Class<?> type, Set<Class<?>> seen) {
        return Arrays.stream(type.getRecordComponents())
                .map(RecordComponent::getType)
                .allMatch(component -> isImmutable(component, seen));
    }
}
