package org.pekkochannels.layer;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.Done;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** What the parts of the contract share: a layer for each test, which must be empty after it. */
abstract class ChannelLayerFixture {
    /** How many events wait in a channel of {@link #layer}. */
    static final int CAPACITY = 3;

    /** How long an event waits in a channel of {@link #layer}. */
    static final Duration EXPIRY = Duration.ofSeconds(1);

    /** The type of events where it does not matter. */
    static final String TYPE = "chat.message";

    private final List<Inbox> inboxes = new ArrayList<>();
    private ChannelLayer layer = ChannelLayer.inMemory(CAPACITY, EXPIRY);

    /**
     * Makes a layer to test.
     *
     * @param capacity the most events that wait in a channel
     * @param expiry how long an event waits
     * @return a new layer
     */
    protected abstract ChannelLayer newLayer(int capacity, Duration expiry);

    /**
     * Lets time pass, as the layer under test sees it.
     *
     * @param time how much of it
     */
    protected abstract void pass(Duration time);

    @BeforeEach
    final void open() {
        layer = newLayer(CAPACITY, EXPIRY);
    }

    @AfterEach
    final void nothingLingers() {
        inboxes.forEach(Inbox::close);

        assertNothingLingersIn(layer);
    }

    final ChannelLayer layer() {
        return layer;
    }

    /** Opens a channel, closed after the test, that is a member of these groups. */
    final Inbox inbox(String... groups) {
        Inbox inbox = new Inbox(layer);
        inboxes.add(inbox);
        for (String group : groups) {
            done(layer.groupAdd(group, inbox.channel()));
        }
        return inbox;
    }

    final void send(Inbox inbox, String... texts) {
        for (String text : texts) {
            done(layer.send(inbox.name(), Event.of(TYPE, text)));
        }
    }

    final void groupSend(String group, String text) {
        done(layer.groupSend(group, TYPE, text));
    }

    static void done(CompletionStage<Done> stage) {
        stage.toCompletableFuture().join();
    }

    static void assertNothingLingersIn(ChannelLayer layer) {
        assertThat(layer.stats())
                .extracting(LayerStats::channels, LayerStats::groups, LayerStats::members)
                .containsExactly(0, 0, 0);
    }
}
