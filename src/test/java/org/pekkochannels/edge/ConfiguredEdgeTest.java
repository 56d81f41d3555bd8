package org.pekkochannels.edge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetSocketAddress;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.Done;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.pekkochannels.Channels;
import org.pekkochannels.http.RunningApplication;

class ConfiguredEdgeTest {
    /** Listens nowhere. */
    public static final class Nowhere implements Edge, Binding {
        /** As an edge must have it. */
        public Nowhere() {}

        @Override
        public CompletionStage<Binding> bind(ServedApplication service) {
            return CompletableFuture.completedFuture(this);
        }

        @Override
        public InetSocketAddress address() {
            return InetSocketAddress.createUnresolved("nowhere", 7);
        }

        @Override
        public CompletionStage<Done> unbind() {
            return CompletableFuture.completedFuture(Done.getInstance());
        }
    }

    /** Has no constructor that anybody may call. */
    public static final class Secretive implements Edge {
        private Secretive() {}

        @Override
        public CompletionStage<Binding> bind(ServedApplication service) {
            throw new IllegalStateException();
        }
    }

    /** Misses a class, as an optional dependency that is not there. */
    public static final class Incomplete implements Edge {
        /** As an edge must have it. */
        public Incomplete() {
            throw new NoClassDefFoundError("io/nowhere/Missing");
        }

        @Override
        public CompletionStage<Binding> bind(ServedApplication service) {
            throw new IllegalStateException();
        }
    }

    private static RunningApplication start(String edge) {
        return RunningApplication.start("channels.edge = \"" + edge + "\"", (Channels channels) -> channels);
    }

    @Test
    void startsAnEdgeOfTheApplicationsOwn() {
        RunningApplication application = start(Nowhere.class.getName());

        assertThat(application.port()).isEqualTo(7);
        application.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"no.such.Edge", "java.lang.String", "org.pekkochannels.edge.ConfiguredEdgeTest$Secretive"})
    void refusesWhatIsNoEdge(String name) {
        assertThatThrownBy(() -> start(name))
                .hasMessageContaining("channels.edge")
                .hasMessageContaining("'http', 'netty', or the name of a public class")
                .hasMessageContaining("was '" + name + "'");
    }

    @Test
    void saysWhichDependencyIsMissing() {
        assertThatThrownBy(() -> start(Incomplete.class.getName()))
                .hasMessageContaining("io/nowhere/Missing")
                .hasMessageContaining("io.netty:netty-handler");
    }
}
