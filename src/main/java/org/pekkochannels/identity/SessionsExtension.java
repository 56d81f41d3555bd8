package org.pekkochannels.identity;

import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.pekko.actor.AbstractExtensionId;
import org.apache.pekko.actor.ActorSystem;
import org.apache.pekko.actor.ClassicActorSystemProvider;
import org.apache.pekko.actor.ExtendedActorSystem;
import org.apache.pekko.actor.Extension;

/** What the sessions of applications need in one actor system. Thread-safe. */
final class SessionsExtension implements Extension {
    private final ActorSystem system;
    private final Map<Sessions<?>, SessionService<?>> services = new ConcurrentHashMap<>();

    private SessionsExtension(ActorSystem system) {
        this.system = system;
    }

    static SessionsExtension of(ClassicActorSystemProvider system) {
        return Id.INSTANCE.get(system);
    }

    /** Creates it at the first call; fails with {@link com.typesafe.config.ConfigException} if a key is out of bounds. */
    @SuppressWarnings("unchecked") // each key has a service of its own type
    <U> SessionService<U> service(
            Sessions<U> sessions, Users<U> users, Optional<TokenVerifier> verifier, boolean tickets) {
        return (SessionService<U>) services.computeIfAbsent(
                sessions, first -> new SessionService<>(sessions, users, verifier, tickets, system));
    }

    private static final class Id extends AbstractExtensionId<SessionsExtension> {
        static final Id INSTANCE = new Id();

        @Override
        public SessionsExtension createExtension(ExtendedActorSystem system) {
            return new SessionsExtension(system);
        }
    }
}
