package org.pekkochannels.edge;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Callable;
import org.pekkochannels.websocket.RawClient;
import org.pekkochannels.websocket.UpgradeRequest;

/** A plain socket after its upgrade; its server is bound for it alone. */
public final class UpgradedSocket implements RawClient {
    private static final String UPGRADE = UpgradeRequest.of("/ws/");

    private final Socket socket;
    private final Callable<?> unbind;

    public UpgradedSocket(int port, Callable<?> unbind) throws IOException {
        this(new Socket(InetAddress.getLoopbackAddress(), port), unbind);
    }

    /** Upgrades a socket that is connected. */
    public UpgradedSocket(Socket socket, Callable<?> unbind) throws IOException {
        this.unbind = unbind;
        this.socket = socket;
        send(UPGRADE.getBytes(StandardCharsets.US_ASCII));
        StringBuilder head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            head.append((char) socket.getInputStream().read());
        }
    }

    @Override
    public void send(byte[] bytes) throws IOException {
        socket.getOutputStream().write(bytes);
        socket.getOutputStream().flush();
    }

    @Override
    public byte[] receive(int count) throws IOException {
        ByteArrayOutputStream received = new ByteArrayOutputStream();
        while (received.size() < count) {
            byte[] some = socket.getInputStream().readNBytes(Math.min(64 * 1024, count - received.size()));
            if (some.length == 0) {
                throw new EOFException("the server has ended");
            }
            received.writeBytes(some);
        }
        return received.toByteArray();
    }

    @Override
    public boolean endsInOrder() throws IOException {
        try {
            return socket.getInputStream().read() < 0;
        } catch (SocketException reset) {
            return false;
        }
    }

    @Override
    public void finish() throws IOException {
        socket.shutdownOutput();
    }

    @Override
    public void reset() throws IOException {
        socket.setSoLinger(true, 0);
        socket.close();
    }

    @Override
    public void close() throws Exception {
        socket.close();
        unbind.call();
    }
}
