package org.pekkochannels.load;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import com.typesafe.config.ConfigFactory;
import java.io.BufferedReader;
import java.io.File;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.pekkochannels.Channels;
import org.pekkochannels.ChannelsServer;
import org.pekkochannels.consumer.ConsumerContext;
import org.pekkochannels.consumer.WebSocketConsumer;
import org.slf4j.LoggerFactory;

/**
 * An application in a process of its own that takes and gives back file descriptors as its input says, by a line for each. It
 * prints its port, and {@value #DONE} when it has done so. Started by {@link ScarceProcess}.
 */
final class ScarceServer {
    static final String PORT = "port ";
    static final String TAKE = "take";
    static final String GIVE_BACK = "give back";
    static final String DONE = "done";

    private static final List<FileInputStream> TAKEN = new ArrayList<>();

    private ScarceServer() {}

    /** Echoes by way of the database. */
    private static final class Answers extends WebSocketConsumer {
        Answers(ConsumerContext context) {
            super(context);
        }

        @Override
        protected CompletionStage<?> receive(String text) {
            return database()
                    .withHandle(handle -> handle.createQuery("select cast(? as varchar)")
                            .bind(0, text)
                            .mapTo(String.class)
                            .one())
                    .thenCompose(this::send);
        }
    }

    /** Takes all descriptors but so many. */
    private static void take(int left) throws IOException {
        try {
            while (true) {
                TAKEN.add(new FileInputStream(new File("/dev/null")));
            }
        } catch (IOException none) {
            giveBack(TAKEN.subList(0, left));
        }
    }

    private static void giveBack(List<FileInputStream> some) throws IOException {
        for (FileInputStream file : some) {
            file.close();
        }
        some.clear();
    }

    private static CompletionStage<?> takeBeforeStart(int left) {
        try {
            if (left >= 0) {
                take(left);
            }
            return CompletableFuture.completedFuture(left);
        } catch (IOException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    private static void obey(String line) throws IOException {
        if (line.equals(TAKE)) {
            take(0);
        } else {
            giveBack(TAKEN);
        }
        System.out.println(DONE);
    }

    /** With the number of descriptors that are left when it listens; a negative number leaves all. */
    public static void main(String[] args) throws IOException {
        int left = Integer.parseInt(args[0]);
        ((Logger) LoggerFactory.getLogger("org.apache.pekko.io.TcpListener")).setLevel(Level.INFO);
        ChannelsServer server = Channels.load(ConfigFactory.parseString("""
                        channels.http.port = 0
                        channels.database { url = "jdbc:h2:mem:scarce;DB_CLOSE_DELAY=-1;DB_CLOSE_ON_EXIT=FALSE", threads = 4 }
                        """).withFallback(ConfigFactory.load()))
                .websocket("ws/", Answers::new)
                .beforeStart(system -> takeBeforeStart(left))
                .start();
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        System.out.println(PORT + server.address().getPort());
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            obey(line);
        }
    }
}
