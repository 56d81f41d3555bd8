package org.pekkochannels.layer.cluster;

import java.time.Duration;
import org.apache.pekko.Version;
import org.apache.pekko.actor.ExtendedActorSystem;
import org.apache.pekko.cluster.Cluster;
import org.apache.pekko.cluster.Member;
import org.pekkochannels.settings.Settings;

/**
 * What {@code channels.layer} says about the layer between nodes.
 *
 * @param maxEvent the most bytes of an event's payload
 * @param queueBytes the most bytes that wait for one other node
 * @param joinTimeout how long the start may wait for the other nodes
 * @param role the role of the members of the cluster that use the layer; empty if all do
 */
record ClusterSettings(int maxEvent, long queueBytes, Duration joinTimeout, String role) {
    /** What decides which nodes go on when some are out of reach. */
    static final String DOWNING = "pekko.cluster.downing-provider-class";

    /** What decides it unless the application chooses. */
    static final String OWN_DOWNING = "org.pekkochannels.layer.cluster.ClusterDowningProvider";

    private static final int MIN_MAX_EVENT = 1 << 10;
    private static final int MAX_MAX_EVENT = 1 << 26;
    private static final int MIN_QUEUE = 1 << 16;
    private static final int MAX_QUEUE = 1 << 30;
    private static final String TYPE = "cluster";

    static ClusterSettings of(Settings settings) {
        return new ClusterSettings(
                settings.bytes("max-event", MIN_MAX_EVENT, MAX_MAX_EVENT),
                settings.bytes("cluster.queue-bytes", MIN_QUEUE, MAX_QUEUE),
                settings.duration("cluster.join-timeout", Duration.ofSeconds(1), Duration.ofHours(1)),
                settings.text("cluster.role"));
    }

    /** Whether a member of the cluster uses the layer. */
    boolean isUsedBy(Member member) {
        return role.isEmpty() || member.hasRole(role);
    }

    /** How long a node must be out of reach before it is removed. */
    static Duration stableAfter(Settings settings) {
        return settings.duration("cluster.stable-after", Duration.ofMillis(500), Duration.ofMinutes(10));
    }

    /** Fails with a {@code ConfigException} that names the dependency if it is missing. */
    static void requireLibrary(Settings settings) {
        try {
            Class.forName("org.apache.pekko.cluster.Cluster", false, ClusterSettings.class.getClassLoader());
        } catch (ClassNotFoundException e) {
            throw settings.bad(
                    "type",
                    "needs the dependency org.apache.pekko:pekko-cluster-typed_2.13, version " + Version.current(),
                    TYPE);
        }
    }

    /** Fails with a {@code ConfigException} unless the system can be a node of a cluster. */
    ClusterSettings requireCluster(ExtendedActorSystem system, Settings settings) {
        requireLibrary(settings);
        if (!system.provider().getClass().getName().endsWith("ClusterActorRefProvider")) {
            throw settings.bad("type", "needs pekko.actor.provider = cluster, which Channels.load() sets", TYPE);
        }
        if (system.settings().config().getString(DOWNING).isEmpty()) {
            throw settings.bad(
                    "type",
                    "needs " + DOWNING + ", such as \"" + OWN_DOWNING
                            + "\"; without one a crashed node stays a member for ever",
                    TYPE);
        }
        if (!isUsedBy(Cluster.get(system).selfMember())) {
            throw settings.bad("cluster.role", "must be one of this node's pekko.cluster.roles", role);
        }
        return this;
    }
}
