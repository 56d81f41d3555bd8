package org.pekkochannels.bench;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.reflect.Method;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * What {@link NodeServer} does with the layer in PostgreSQL, by hand: a message is inserted and committed, then sent to the other processes as
 * the payload of a NOTIFY, and they write it to their sockets. Short texts and no other frames.
 *
 * <p>Environment: {@code PORT}, {@code DATABASE_URL}, {@code DATABASE_USER}.
 */
public final class RelayServer {
    private static final int WAIT_MILLIS = 10_000;
    private static final String GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

    private final Environment environment;
    private final List<Socket> members = new CopyOnWriteArrayList<>();

    private RelayServer(Environment environment) {
        this.environment = environment;
    }

    /**
     * Runs in the foreground until SIGTERM.
     *
     * @param args none
     * @throws Exception if the port or the database cannot be used
     */
    public static void main(String[] args) throws Exception {
        new RelayServer(Environment.read()).run();
    }

    private void run() throws IOException, SQLException {
        try (Connection connection = connect();
                Statement statement = connection.createStatement()) {
            statement.execute("create table if not exists relayed (id bigserial primary key, body text not null)");
        }
        try (ServerSocket server = new ServerSocket(environment.port(), 100, InetAddress.getLoopbackAddress())) {
            start(() -> relay());
            while (true) {
                Socket socket = server.accept();
                start(() -> serve(socket));
            }
        }
    }

    private Connection connect() throws SQLException {
        return DriverManager.getConnection(environment.databaseUrl(), environment.databaseUser(), "");
    }

    /** Work that fails. */
    private interface Task {
        void run() throws IOException, SQLException;
    }

    private static void start(Task task) {
        new Thread(() -> {
                    try {
                        task.run();
                    } catch (IOException | SQLException e) {
                        System.err.println(e);
                    }
                })
                .start();
    }

    /** Writes each notification to all members. By reflection, because the driver is not there when this is compiled. */
    private void relay() throws IOException, SQLException {
        try (Connection connection = connect();
                Statement statement = connection.createStatement()) {
            statement.execute("listen relay");
            Class<?> type = Class.forName("org.postgresql.PGConnection");
            Method receive = type.getMethod("getNotifications", int.class);
            Method parameter = Class.forName("org.postgresql.PGNotification").getMethod("getParameter");
            Object notified = connection.unwrap(type);
            while (true) {
                for (Object notification : (Object[]) receive.invoke(notified, WAIT_MILLIS)) {
                    write(String.valueOf(parameter.invoke(notification)).getBytes(StandardCharsets.UTF_8));
                }
            }
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }

    private void write(byte[] text) throws IOException {
        byte[] frame = new byte[text.length + 2];
        frame[0] = (byte) 0x81;
        frame[1] = (byte) text.length;
        System.arraycopy(text, 0, frame, 2, text.length);
        for (Socket member : members) {
            member.getOutputStream().write(frame);
        }
    }

    private void serve(Socket socket) throws IOException, SQLException {
        socket.setTcpNoDelay(true);
        DataInputStream in = new DataInputStream(socket.getInputStream());
        String head = readHead(in);
        if (head.isEmpty()) {
            socket.close();
            return;
        }
        OutputStream out = socket.getOutputStream();
        out.write(
                ("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: "
                                + accept(head) + "\r\n\r\n")
                        .getBytes(StandardCharsets.US_ASCII));
        if (head.startsWith("GET /ws/member")) {
            members.add(socket);
        } else {
            publish(in);
        }
    }

    private static String readHead(InputStream in) throws IOException {
        StringBuilder head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            int next = in.read();
            if (next < 0) {
                return "";
            }
            head.append((char) next);
        }
        return head.toString();
    }

    private static String accept(String head) {
        String name = "Sec-WebSocket-Key: ";
        int from = head.indexOf(name) + name.length();
        String key = head.substring(from, head.indexOf('\r', from));
        try {
            byte[] hash = MessageDigest.getInstance("SHA-1").digest((key + GUID).getBytes(StandardCharsets.US_ASCII));
            return Base64.getEncoder().encodeToString(hash);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    private void publish(DataInputStream in) throws IOException, SQLException {
        try (Connection connection = connect();
                PreparedStatement insert = connection.prepareStatement("insert into relayed (body) values (?)");
                PreparedStatement notify = connection.prepareStatement("select pg_notify('relay', ?)")) {
            while (in.read() >= 0) {
                byte[] text = new byte[in.read() & 0x7f];
                byte[] mask = new byte[4];
                in.readFully(mask);
                in.readFully(text);
                for (int i = 0; i < text.length; i++) {
                    text[i] ^= mask[i % mask.length];
                }
                String body = new String(text, StandardCharsets.UTF_8);
                insert.setString(1, body);
                insert.executeUpdate();
                notify.setString(1, body);
                notify.execute();
            }
        }
    }
}
