package org.pekkochannels.layer.cluster;

import java.time.Duration;
import org.apache.pekko.actor.ActorSystem;
import org.apache.pekko.actor.Props;
import org.apache.pekko.cluster.DowningProvider;
import org.apache.pekko.cluster.sbr.SplitBrainResolverProvider;
import org.pekkochannels.settings.Settings;
import scala.Option;
import scala.concurrent.duration.FiniteDuration;

/**
 * Decides which nodes go on when some cannot be reached: Pekko's Split Brain Resolver with three nodes and more, {@link ClusterDowning} with
 * two. None of the resolver's strategies without a lease lets either of two nodes crash.
 */
public final class ClusterDowningProvider extends DowningProvider {
    private final DowningProvider resolver;
    private final Duration stableAfter;

    /**
     * Called by Pekko for {@code pekko.cluster.downing-provider-class}.
     *
     * @param system the actor system
     */
    public ClusterDowningProvider(ActorSystem system) {
        this.resolver = new SplitBrainResolverProvider(system);
        this.stableAfter =
                ClusterSettings.stableAfter(Settings.of(system.settings().config(), "channels.layer"));
    }

    @Override
    public FiniteDuration downRemovalMargin() {
        return resolver.downRemovalMargin();
    }

    @Override
    public Option<Props> downingActorProps() {
        return Option.apply(Props.create(
                ClusterDowning.class,
                () -> new ClusterDowning(resolver.downingActorProps().get(), stableAfter)));
    }
}
