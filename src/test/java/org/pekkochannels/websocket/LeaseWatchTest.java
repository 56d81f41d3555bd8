package org.pekkochannels.websocket;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.pekkochannels.protocol.CloseReason;
import org.pekkochannels.protocol.Lease;
import org.pekkochannels.protocol.Lease.Grant;
import org.pekkochannels.websocket.codec.Opcode;

/** The life of a connection that has a lease; its date is the epoch at first. */
class LeaseWatchTest {
    private static final Duration HOUR = Duration.ofHours(1);
    private static final Duration NOTICE = Duration.ofSeconds(60);
    private static final Duration GRACE = Duration.ofSeconds(25);
    private static final Duration MOMENT = Duration.ofSeconds(1);
    private static final byte[] PONG = ClientFrames.fragment(true, Opcode.PONG, "");

    private final AtomicInteger ends = new AtomicInteger();

    @Test
    void notifiesTheConsumerBeforeTheEndAndClosesAfterTheGrace() {
        Conversation conversation = Conversation.open(lease(HOUR));

        pass(conversation, HOUR.minus(NOTICE).minus(MOMENT));
        assertThat(conversation.heard()).isEmpty();
        pass(conversation, MOMENT);
        assertThat(conversation.heard()).containsExactly("expiring ada");
        pass(conversation, NOTICE.plus(GRACE).minus(MOMENT));
        assertThat(conversation.heard()).isEmpty();
        assertThat(conversation.transport.sent()).isEmpty();
        pass(conversation, MOMENT);

        assertThat(conversation.heard()).containsExactly("closed 4401 session expired");
        assertThat(conversation.transport.sent()).containsExactly("close 4401 session expired");
        assertThat(ends).hasValue(1);
    }

    @Test
    void notifiesAtOnceOfAShortLease() {
        Conversation conversation = Conversation.open(lease(Duration.ofSeconds(5)));

        assertThat(conversation.heard()).containsExactly("expiring ada");
    }

    @Test
    void aRenewedLeaseEndsLaterAndIsNoticedAgain() {
        Lease lease = Lease.of(
                grant(HOUR), token -> CompletableFuture.completedFuture(Optional.of(grant(HOUR.multipliedBy(2)))));
        Conversation conversation = Conversation.open(lease);
        pass(conversation, HOUR.minus(MOMENT));
        assertThat(conversation.heard()).containsExactly("expiring ada");

        assertThat(lease.renew("next")).isCompletedWithValue(true);

        pass(conversation, HOUR.minus(NOTICE));
        assertThat(conversation.heard()).isEmpty();
        pass(conversation, MOMENT);
        assertThat(conversation.heard()).containsExactly("expiring ada");
        pass(conversation, NOTICE.plus(GRACE));
        assertThat(conversation.heard()).containsExactly("closed 4401 session expired");
    }

    @Test
    void aLeaseThatIsShortenedEndsThen() {
        Lease lease = Lease.of(grant(HOUR), token -> CompletableFuture.completedFuture(Optional.of(grant(NOTICE))));
        Conversation conversation = Conversation.open(lease);

        lease.renew("next");

        assertThat(conversation.heard()).containsExactly("expiring ada");
        pass(conversation, NOTICE.plus(GRACE));
        assertThat(conversation.heard()).containsExactly("closed 4401 session expired");
    }

    @Test
    void aTokenOfAnotherUserCloses() {
        Lease lease = Lease.of(
                grant(HOUR),
                token -> CompletableFuture.completedFuture(Optional.of(new Grant("bob", Optional.empty()))));
        Conversation conversation = Conversation.open(lease);

        assertThat(lease.renew("bob's")).isCompletedWithValue(false);

        assertThat(conversation.heard()).containsExactly("closed 4403 token of another user");
    }

    @Test
    void closesAtOnceWhenRevokedAlsoWhileADeliveryIsInFlight() {
        Lease lease = lease(HOUR);
        Conversation conversation = Conversation.open(lease);
        conversation.receive(ClientFrames.text("first"));

        lease.revoke(new CloseReason(4401, "logged out"));
        lease.revoke(new CloseReason(4403, "too late"));

        assertThat(conversation.heard()).containsExactly("text first", "closed 4401 logged out");
        assertThat(conversation.transport.sent()).containsExactly("close 4401 logged out");
        assertThat(ends).hasValue(1);
    }

    @Test
    void answers401WhenRevokedBeforeTheDecision() {
        Lease lease = lease(HOUR);
        Conversation conversation = Conversation.asked(lease);

        lease.revoke(new CloseReason(4401, "logged out"));

        assertThat(conversation.answers()).containsExactly("refused 401");
        assertThat(conversation.heard()).containsExactly("closed 4401 logged out");
        assertThat(ends).hasValue(1);
    }

    @Test
    void answers401WhenRevokedBeforeTheConnectionIsThere() {
        Lease lease = lease(HOUR);
        lease.revoke(new CloseReason(4401, "logged out"));

        assertThat(Conversation.asked(lease).answers()).containsExactly("refused 401");
    }

    @Test
    void closesWhenAttachedIfRevokedAfterTheAcceptance() {
        Lease lease = lease(HOUR);
        Conversation conversation = Conversation.asked(lease);
        conversation.accept();

        lease.revoke(new CloseReason(4401, "logged out"));
        assertThat(conversation.heard()).isEmpty();
        conversation.attach();

        assertThat(conversation.heard()).containsExactly("closed 4401 logged out");
        assertThat(conversation.transport.sent()).containsExactly("close 4401 logged out");
    }

    @Test
    void isNotClosedTwice() {
        Lease lease = lease(Duration.ZERO);
        Conversation conversation = Conversation.open(lease);
        assertThat(conversation.heard()).containsExactly("expiring ada");
        conversation.receive(ClientFrames.close(1000, ""));
        assertThat(conversation.heard()).containsExactly("closed 1000");

        lease.revoke(new CloseReason(4401, "logged out"));
        pass(conversation, GRACE);

        assertThat(conversation.heard()).isEmpty();
        assertThat(conversation.transport.sent()).containsExactly("close 1000");
        assertThat(ends).hasValue(1);
    }

    @Test
    void keepsAConnectionWhoseLeaseDoesNotEnd() {
        Conversation unlimited = Conversation.open(Lease.of(new Grant("ada", Optional.empty())));
        Conversation farAway = Conversation.open(Lease.of(new Grant("ada", Optional.of(Instant.MAX))));

        pass(unlimited, HOUR);
        pass(farAway, HOUR);

        assertThat(unlimited.heard()).isEmpty();
        assertThat(farAway.heard()).isEmpty();
    }

    private Lease lease(Duration life) {
        Lease lease = Lease.of(grant(life));
        lease.onEnd(ends::incrementAndGet);
        return lease;
    }

    private static Grant grant(Duration life) {
        return new Grant("ada", Optional.of(Instant.EPOCH.plus(life)));
    }

    /** With a client that speaks, so that no other time runs out. */
    private static void pass(Conversation conversation, Duration time) {
        Duration step = Duration.ofSeconds(5);
        Duration left = time;
        for (; left.compareTo(step) > 0; left = left.minus(step)) {
            conversation.pass(step);
            conversation.receive(PONG);
        }
        conversation.pass(left);
    }
}
