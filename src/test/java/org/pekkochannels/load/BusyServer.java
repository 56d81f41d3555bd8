package org.pekkochannels.load;

import com.typesafe.config.ConfigFactory;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.pekkochannels.Channels;
import org.pekkochannels.ChannelsServer;
import org.pekkochannels.ChildJvm;
import org.pekkochannels.consumer.ConsumerContext;
import org.pekkochannels.consumer.WebSocketConsumer;
import org.pekkochannels.protocol.CloseReason;

/**
 * An application in a process of its own: it prints its port, and each consumer as it comes and goes; a line of input
 * lets those who work go on.
 */
final class BusyServer {
    private static final String PORT = "port ";
    static final String CAME = "came";
    static final String WENT = "went ";

    private static final CompletableFuture<String> MAY_GO_ON = new CompletableFuture<>();

    private BusyServer() {}

    /** Answers from the database; "work" waits first. */
    private static final class Answers extends WebSocketConsumer {
        Answers(ConsumerContext context) {
            super(context);
            print(CAME);
        }

        @Override
        protected CompletionStage<?> receive(String text) {
            return text.equals("work")
                    ? send("working").thenCompose(sent -> onTurn(MAY_GO_ON)).thenCompose(may -> answer(text))
                    : answer(text);
        }

        private CompletionStage<?> answer(String text) {
            return database()
                    .withHandle(handle -> handle.createQuery("select cast(? as varchar)")
                            .bind(0, text)
                            .mapTo(String.class)
                            .one())
                    .thenCompose(this::send);
        }

        @Override
        protected CompletionStage<?> disconnect(CloseReason reason) {
            return database()
                    .useHandle(handle -> handle.execute("select 1"))
                    .thenAccept(used -> print(WENT + reason.code()));
        }
    }

    /** What starts one in a process of its own. */
    static List<String> command(String edge) {
        return ChildJvm.command("-Dchannels.edge=" + edge, BusyServer.class.getName());
    }

    /** Reads what one says until it listens; gives its port. */
    static int port(BufferedReader out) {
        return out.lines()
                .filter(line -> line.startsWith(PORT))
                .map(line -> Integer.parseInt(line.substring(PORT.length())))
                .findFirst()
                .orElseThrow();
    }

    private static void print(String line) {
        System.out.println(line);
    }

    public static void main(String[] args) throws IOException {
        ChannelsServer server = Channels.load(ConfigFactory.parseString("""
                        channels.http.port = 0
                        channels.database { url = "jdbc:h2:mem:busy;DB_CLOSE_DELAY=-1;DB_CLOSE_ON_EXIT=FALSE", threads = 4 }
                        """).withFallback(ConfigFactory.load()))
                .websocket("ws/", Answers::new)
                .start();
        print(PORT + server.address().getPort());
        MAY_GO_ON.complete(String.valueOf(
                new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8)).readLine()));
    }
}
