package org.pekkochannels.layer;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.cfg.CoercionAction;
import com.fasterxml.jackson.databind.cfg.CoercionInputShape;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.type.LogicalType;
import org.apache.pekko.actor.AbstractExtensionId;
import org.apache.pekko.actor.ClassicActorSystemProvider;
import org.apache.pekko.actor.ExtendedActorSystem;
import org.apache.pekko.actor.Extension;
import org.apache.pekko.annotation.InternalApi;
import org.jspecify.annotations.Nullable;

/**
 * The Jackson mapper of one actor system, from which the mappers for payloads of events and for messages of clients are derived.
 *
 * <p>Not API: public only because packages differ, and may change without notice. Thread-safe.
 *
 * @hidden
 */
@InternalApi
@SuppressWarnings("InvalidBlockTag") // Error Prone knows @hidden for members only; the doclet leaves types out too
public final class SystemJson implements Extension {
    private static final Id ID = new Id();

    // Never gets another mapper than the default one.
    private static final SystemJson DEFAULT = new SystemJson();

    // Null for the default mapper. Guarded by this until it is in use, then it does not change.
    private @Nullable ObjectMapper chosen;
    private volatile @Nullable PayloadMapper payloads;

    private SystemJson() {}

    /** The default mapper, created on first use: a broken Jackson module fails there. */
    private static final class Default {
        static final ObjectMapper MAPPER = JsonMapper.builder()
                // Uses the Jackson modules of the application, for example for java.time.
                .findAndAddModules()
                // ISO 8601, which JavaScript reads, instead of numbers of seconds.
                .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
                .disable(SerializationFeature.WRITE_DURATIONS_AS_TIMESTAMPS)
                // A time is read with the offset that was written.
                .disable(DeserializationFeature.ADJUST_DATES_TO_CONTEXT_TIME_ZONE)
                .build();
        static final PayloadMapper PAYLOADS = new PayloadMapper(MAPPER);
    }

    private static final class Id extends AbstractExtensionId<SystemJson> {
        @Override
        public SystemJson createExtension(ExtendedActorSystem system) {
            return new SystemJson();
        }
    }

    /** A copy with another factory, which {@link ObjectMapper#copyWith} makes of no subclass. */
    private static final class Copy extends ObjectMapper {
        private static final long serialVersionUID = 1L;

        Copy(ObjectMapper mapper, JsonFactory factory) {
            super(mapper, factory);
        }
    }

    /**
     * The JSON of an actor system.
     *
     * @param system the system
     * @return the same instance at every call
     */
    public static SystemJson of(ClassicActorSystemProvider system) {
        return ID.get(system);
    }

    /**
     * The JSON of what belongs to no actor system yet, such as an event that is not sent; it has the default mapper.
     *
     * @return the same instance at every call
     */
    public static SystemJson standard() {
        return DEFAULT;
    }

    /**
     * The JSON of a mapper without an actor system.
     *
     * @param mapper the mapper, which is copied
     * @return a new instance
     */
    public static SystemJson with(ObjectMapper mapper) {
        SystemJson json = new SystemJson();
        json.use(copied(mapper));
        return json;
    }

    /**
     * Sets the mapper, of which a copy was made with {@link #copied}.
     *
     * @param mapper the copy, not changed afterwards
     * @throws IllegalStateException if the system has a mapper already, or has used the default one
     */
    public synchronized void use(ObjectMapper mapper) {
        if (chosen != null) {
            throw new IllegalStateException(
                    "json(..) was called for this actor system already; a system has one mapper");
        }
        if (payloads != null) {
            throw new IllegalStateException(
                    "json(..) was called after this actor system had used JSON, in an event or a"
                            + " consumer; call it before the system's first event and consumer");
        }
        chosen = mapper;
    }

    /**
     * A copy of an application's mapper, which later changes of the original do not affect.
     *
     * @param mapper the mapper
     * @return the copy
     * @throws IllegalArgumentException if its factory does not write JSON, or if it has default typing
     */
    public static ObjectMapper copied(ObjectMapper mapper) {
        JsonFactory factory = requireNonNull(mapper, "the mapper of json(..) must not be null")
                .getFactory();
        if (!JsonFactory.FORMAT_NAME_JSON.equals(factory.getFormatName())) {
            throw new IllegalArgumentException("the mapper of json(..) must write JSON, its factory writes "
                    + factory.getFormatName() + "; pass a JsonMapper");
        }
        if (mapper.getDeserializationConfig().getDefaultTyper(null) != null) {
            throw new IllegalArgumentException("the mapper of json(..) has default typing, so that clients could choose"
                    + " classes by name; remove activateDefaultTyping(..), and annotate types with @JsonTypeInfo and"
                    + " @JsonSubTypes instead");
        }
        return new Copy(mapper, new JsonFactoryBuilder(factory).build());
    }

    /**
     * Whether the system uses the default mapper. From then on it cannot be given another.
     *
     * @return whether it does
     */
    public synchronized boolean isDefault() {
        PayloadMapper unused = payloads(); // from now on it is in use
        return chosen == null;
    }

    /**
     * A new mapper with strict rules for reading: no value is converted to another kind, and no number becomes a null or a zero.
     *
     * @param maxDepth how many levels may be nested
     * @return the mapper, to be configured further and then not changed
     */
    public synchronized ObjectMapper strict(int maxDepth) {
        payloads();
        return strict(chosen == null ? Default.MAPPER : chosen, maxDepth);
    }

    /**
     * The payload of a received event, decoded with the mapper of this system.
     *
     * @param event the event
     * @param as the class
     * @param <T> the class
     * @return the value; fails with {@link UndecodablePayloadException} if the payload does not match the class
     */
    public <T> T payload(Event event, Class<T> as) {
        return event.payload(as, payloads());
    }

    /**
     * The payload of a received event, decoded with the mapper of this system.
     *
     * @param event the event
     * @param as the type
     * @param <T> the type
     * @return the value; fails with {@link UndecodablePayloadException} if the payload does not match the type
     */
    public <T> T payload(Event event, TypeReference<T> as) {
        return event.payload(as, payloads());
    }

    /**
     * An event that is encoded with the mapper of this system.
     *
     * @param type the event's type
     * @param payload its payload
     * @return the event; fails with {@link UnencodablePayloadException} if the mapper cannot write the payload
     */
    public Event event(String type, Object payload) {
        return Event.of(this, type, payload);
    }

    PayloadMapper payloads() {
        PayloadMapper made = payloads;
        return made == null ? makePayloads() : made;
    }

    private synchronized PayloadMapper makePayloads() {
        if (payloads == null) {
            payloads = chosen == null ? Default.PAYLOADS : new PayloadMapper(chosen);
        }
        return payloads;
    }

    static ObjectMapper strict(ObjectMapper mapper, int maxDepth) {
        ObjectMapper strict = new Copy(mapper, factory(mapper.getFactory(), maxDepth));
        strict.setConfig(strict.getDeserializationConfig()
                .without(MapperFeature.ALLOW_COERCION_OF_SCALARS)
                .without(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES, DeserializationFeature.ACCEPT_FLOAT_AS_INT)
                .with(
                        DeserializationFeature.FAIL_ON_NUMBERS_FOR_ENUMS,
                        DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES,
                        DeserializationFeature.FAIL_ON_TRAILING_TOKENS));
        strict.coercionConfigFor(LogicalType.Textual)
                .setCoercion(CoercionInputShape.Integer, CoercionAction.Fail)
                .setCoercion(CoercionInputShape.Float, CoercionAction.Fail)
                .setCoercion(CoercionInputShape.Boolean, CoercionAction.Fail);
        return strict;
    }

    // Interning names that clients choose costs ten times as much as reading them, and interned names stay in the JVM.
    // The table of canonical names is shared: names with equal hashes from one client, or in one payload, would make
    // others fail.
    private static JsonFactory factory(JsonFactory given, int maxDepth) {
        StreamReadConstraints constraints = given.streamReadConstraints();
        return new JsonFactoryBuilder(given)
                .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
                .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
                .streamReadConstraints(constraints
                        .rebuild()
                        .maxNestingDepth(Math.min(maxDepth, constraints.getMaxNestingDepth()))
                        .build())
                .build();
    }

    /** Whether a mapper leaves out members that are null or empty, so that a missing member is one of them. */
    static boolean omitsMembers(ObjectMapper mapper) {
        JsonInclude.Include written = requireNonNull(
                        mapper.getSerializationConfig().getDefaultPropertyInclusion())
                .getValueInclusion();
        return written != JsonInclude.Include.ALWAYS && written != JsonInclude.Include.USE_DEFAULTS;
    }
}
