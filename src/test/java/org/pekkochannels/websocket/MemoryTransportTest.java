package org.pekkochannels.websocket;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class MemoryTransportTest extends TransportContract {
    private @Nullable MemoryTransport server;

    @Override
    protected RawClient connect(TransportListener endpoint) {
        MemoryClient client = new MemoryClient(endpoint);
        client.server.start();
        server = client.server;
        return client;
    }

    @Test
    void flushesInOneWrite() throws Exception {
        assertFlushesInOneWrite(Objects.requireNonNull(server)::writes);
    }

    private static final class MemoryClient implements RawClient {
        private final MemoryPipe toServer = new MemoryPipe();
        private final MemoryPipe fromServer = new MemoryPipe();
        private final MemoryTransport server;

        MemoryClient(TransportListener endpoint) {
            server = new MemoryTransport(toServer, fromServer, endpoint);
        }

        @Override
        public void send(byte[] bytes) throws Exception {
            toServer.put(bytes);
        }

        @Override
        public byte[] receive(int count) throws Exception {
            ByteArrayOutputStream received = new ByteArrayOutputStream();
            while (received.size() < count) {
                fromServer.await();
                received.writeBytes(next(count - received.size()));
            }
            return received.toByteArray();
        }

        private byte[] next(int most) throws IOException {
            byte[] bytes = fromServer.poll(most);
            if (bytes.length == 0) {
                throw new IOException("the server has ended");
            }
            return bytes;
        }

        @Override
        public boolean endsInOrder() throws Exception {
            fromServer.await();
            if (!fromServer.isEmpty()) {
                throw new IOException("there is more to receive");
            }
            return fromServer.isFinished() && !fromServer.isReset();
        }

        @Override
        public void finish() {
            toServer.finish();
        }

        @Override
        public void reset() {
            toServer.reset();
        }

        @Override
        public void close() {
            server.stop();
        }
    }
}
