package org.pekkochannels.websocket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.junit.jupiter.api.Test;

/**
 * What a {@link Session} expects of an edge: each edge extends this class, connects a raw client to an endpoint, and is
 * right when all tests pass.
 *
 * <p>The connection is a stream of bytes, as it is after the handshake.
 */
public abstract class TransportContract extends TransportFixture {
    /** More than all buffers between a client and a server that does not read can hold. */
    private static final int FLOOD_BYTES = 64 * 1024 * 1024;

    private static final int PIECE_BYTES = 64 * 1024;
    private static final String A_LITTLE = "a little";

    @Test
    final void tellsWhatTheClientSends() throws Exception {
        client.send(ascii("hello "));
        client.send(ascii("world"));

        endpoint.awaitReceived(11);

        assertThat(endpoint.received()).isEqualTo("hello world");
        assertThat(endpoint.readsDone()).isBetween(1, 2);
    }

    @Test
    final void callsTheEndpointOnTheConnectionsThread() throws Exception {
        client.send(ascii("hello"));
        endpoint.awaitReceived(5);
        client.finish();
        endpoint.awaitLost();

        assertThat(endpoint.wrongThreads()).isZero();
        assertThat(transport.inThread()).isFalse();
    }

    @Test
    final void sendsInOrderWhatWasWritten() throws Exception {
        byte[] reused = ascii("..one..");
        onThread(out -> {
            out.write(reused, 2, 3);
            reused[2] = 'X';
            write(out, " two");
            out.flush();
            write(out, " three");
            out.flush();
        });

        assertThat(client.receive(13)).asString(StandardCharsets.US_ASCII).isEqualTo("one two three");
    }

    /** For transports whose writes can be counted. */
    protected final void assertFlushesInOneWrite(LongSupplier writes) throws Exception {
        long before = writes.getAsLong();
        onThread(out -> {
            for (int i = 0; i < 32; i++) {
                write(out, "0123456789");
            }
            out.flush();
        });
        client.receive(320);

        assertThat(writes.getAsLong() - before).isEqualTo(1);
    }

    @Test
    final void runsTasksInTheOrderTheyWereGiven() throws Exception {
        for (int i = 0; i < 100; i++) {
            String line = String.format("%04d", i);
            transport.execute(() -> {
                write(transport, line);
                transport.flush();
            });
        }

        String all = new String(client.receive(400), StandardCharsets.US_ASCII);

        for (int i = 0; i < 100; i++) {
            assertThat(all.substring(4 * i, 4 * i + 4)).isEqualTo(String.format("%04d", i));
        }
    }

    @Test
    final void runsOrRefusesEachTaskWhileTheClientResets() throws Exception {
        AtomicInteger run = new AtomicInteger();
        client.reset();
        int accepted = 0;
        int late = 0;
        while (late < 1_000) {
            accepted += transport.execute(run::incrementAndGet) ? 1 : 0;
            late += endpoint.losses();
        }

        for (long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
                run.get() < accepted && System.nanoTime() < end; ) {
            Thread.onSpinWait();
        }
        assertThat(run).hasValue(accepted);
    }

    @Test
    final void neverRunsATaskInsideTheCall() throws Exception {
        Queue<String> order = new ConcurrentLinkedQueue<>();
        onThread(out -> {
            out.execute(() -> order.add("second"));
            order.add("first");
        });
        onThread(out -> order.add("third"));

        assertThat(order).containsExactly("first", "second", "third");
    }

    @Test
    final void stopsReadingAndResumes() throws Exception {
        onThread(out -> out.reading(false));
        CompletableFuture<Void> flood = CompletableFuture.runAsync(this::flood);

        // So much passes in less than a second, if anything passes.
        assertThatExceptionOfType(TimeoutException.class).isThrownBy(() -> flood.get(1, TimeUnit.SECONDS));
        assertThat(endpoint.receivedBytes()).isLessThan(FLOOD_BYTES / 2);

        onThread(out -> out.reading(true));
        flood.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        endpoint.awaitReceived(FLOOD_BYTES);
    }

    private void flood() {
        try {
            byte[] piece = new byte[PIECE_BYTES];
            for (int sent = 0; sent < FLOOD_BYTES; sent += piece.length) {
                client.send(piece);
            }
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    final void countsWhatIsUnsentAndTellsWhenItHasDrained() throws Exception {
        byte[] piece = new byte[PIECE_BYTES];
        for (int written = 0; written < FLOOD_BYTES / 4; written += piece.length) {
            onThread(out -> {
                out.write(piece, 0, piece.length);
                out.flush();
            });
        }
        onThread(out -> assertThatUnsent(out.unsent() > Transport.LOW_WATER));

        client.receive(FLOOD_BYTES / 4);

        endpoint.awaitDrained();
        onThread(out -> assertThatUnsent(out.unsent() <= Transport.LOW_WATER));
        assertThat(endpoint.wrongAccounts()).isZero();
    }

    @Test
    final void countsWhatWasWrittenOnceAlsoBeforeItIsFlushed() throws Exception {
        byte[] piece = new byte[PIECE_BYTES];
        CompletableFuture<Long> unsent = new CompletableFuture<>();
        onThread(out -> {
            for (int i = 0; i < 10; i++) {
                out.write(piece, 0, piece.length);
            }
            unsent.complete(out.unsent());
            out.flush();
        });

        assertThat(client.receive(10 * piece.length)).hasSize(10 * piece.length);
        assertThat(unsent.join()).isBetween(10L * piece.length, 11L * piece.length);
    }

    @Test
    final void tellsThatNothingIsTakenHoweverMuchIsWritten() throws Exception {
        byte[] much = new byte[FLOOD_BYTES / 4];
        onThread(out -> {
            out.write(much, 0, much.length);
            out.flush();
        });
        long stuck = taken();
        int more = 0;
        // The kernel may still take some for a while.
        for (int inARow = 0; inARow < 100; ) {
            onThread(this::writeMuchAndALittle);
            more += PIECE_BYTES + A_LITTLE.length();
            assertThat(more).isLessThan(FLOOD_BYTES);
            long now = taken();
            inARow = now == stuck ? inARow + 1 : 0;
            stuck = now;
        }

        client.receive(much.length + more);

        endpoint.awaitDrained();
        assertThat(taken()).isGreaterThan(stuck);
    }

    // What fills a buffer goes further at once, the rest when it is flushed.
    private void writeMuchAndALittle(Transport out) {
        out.write(new byte[PIECE_BYTES], 0, PIECE_BYTES);
        write(out, A_LITTLE);
        out.flush();
    }

    private long taken() throws Exception {
        CompletableFuture<Long> taken = new CompletableFuture<>();
        transport.execute(() -> taken.complete(transport.taken()));
        return taken.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    }

    private void assertThatUnsent(boolean right) {
        endpoint.account(right);
    }

    @Test
    final void endsItsSideAfterWhatWasWritten() throws Exception {
        endsAfterWhatWasWritten(Transport::shutdownOutput);
    }

    @Test
    final void closesAfterWhatWasWritten() throws Exception {
        endsAfterWhatWasWritten(Transport::close);
        client.finish();

        endpoint.awaitLost();
    }

    private void endsAfterWhatWasWritten(Consumer<Transport> end) throws Exception {
        byte[] last = new byte[1024 * 1024];
        onThread(out -> {
            out.write(last, 0, last.length);
            out.flush();
            end.accept(out);
        });

        assertThat(client.receive(last.length)).hasSize(last.length);
        assertThat(client.endsInOrder()).isTrue();
    }

    @Test
    final void discardsWhatComesAfterItsCloseAndTellsTheEnd() throws Exception {
        onThread(out -> {
            write(out, "bye");
            out.flush();
            out.shutdownOutput();
        });
        client.receive(3);
        client.finish();

        endpoint.awaitLost();
        assertThat(client.endsInOrder()).isTrue();
    }

    @Test
    final void abortsAtOnce() throws Exception {
        onThread(Transport::abort);

        assertThat(client.endsInOrder()).isFalse();
        endpoint.awaitLost();
    }

    @Test
    final void tellsTheClientsEndOnce() throws Exception {
        client.send(ascii("last words"));
        client.finish();
        endpoint.awaitLost();
        transport.execute(transport::abort);
        client.close();

        assertThat(endpoint.received()).isEqualTo("last words");
        assertThat(endpoint.losses()).isEqualTo(1);
        assertThat(endpoint.whyLost()).isEmpty();
    }

    @Test
    final void tellsAResetOnce() throws Exception {
        client.reset();
        endpoint.awaitLost();

        assertThat(endpoint.losses()).isEqualTo(1);
    }

    @Test
    final void doesNothingAfterTheEnd() throws Exception {
        client.reset();
        endpoint.awaitLost();

        transport.execute(() -> {
            transport.reading(false);
            transport.write(ByteBuffer.allocate(8).array(), 0, 8);
            transport.flush();
            transport.close();
            transport.abort();
        });
        client.close();

        assertThat(endpoint.losses()).isEqualTo(1);
    }
}
