package org.pekkochannels.example.chat;

import static org.apache.pekko.http.javadsl.server.Directives.concat;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.net.InetSocketAddress;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.Done;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.http.javadsl.server.Route;
import org.jdbi.v3.core.HandleConsumer;
import org.pekkochannels.Channels;
import org.pekkochannels.ChannelsServer;
import org.pekkochannels.database.Database;
import org.pekkochannels.example.MetricsPage;
import org.pekkochannels.example.Nodes;
import org.pekkochannels.example.Pages;
import org.pekkochannels.example.accounts.AccountPages;
import org.pekkochannels.example.accounts.Accounts;
import org.pekkochannels.example.answers.AnswerPages;
import org.pekkochannels.example.answers.AnswerReader;
import org.pekkochannels.example.answers.Answers;
import org.pekkochannels.example.auction.AuctionConsumer;
import org.pekkochannels.example.auction.AuctionPages;
import org.pekkochannels.example.auction.Auctions;
import org.pekkochannels.example.auction.Bidder;
import org.pekkochannels.example.board.BoardPages;
import org.pekkochannels.example.board.MessageBoard;
import org.pekkochannels.example.board.Notes;

/** Serves the chat, the message board, the auctions and the answers; {@code mvn} without a goal starts it. */
public final class ChatServer {
    private ChatServer() {}

    /**
     * Starts the examples with the settings of {@code application.conf}, and prints their address.
     *
     * @param args ignored
     */
    public static void main(String[] args) {
        try {
            System.out.println("Open " + url(start(ConfigFactory.load()).address()));
        } catch (RuntimeException e) {
            System.err.println("Not started: " + e.getMessage());
            System.exit(1);
        }
    }

    /**
     * Starts the examples.
     *
     * @param config the whole, resolved configuration
     * @return the running server
     */
    public static ChannelsServer start(Config config) {
        Nodes nodes = Nodes.of(config);
        return Channels.load(nodes.allowOrigins(config))
                .beforeStart(Accounts.SESSIONS::createTable)
                .beforeStart(system -> create(Database.get(system), Accounts::createTable))
                .beforeStart(system -> create(Database.get(system), Messages::createTable))
                .beforeStart(system -> create(Database.get(system), Notes::createTables))
                .beforeStart(system -> create(Database.get(system), Auctions::createTables))
                .beforeStart(system -> create(Database.get(system), Answers::createTable))
                .through(Accounts.SESSIONS::middleware, chat -> chat.websocket("ws/chat/{room}/", ChatConsumer::new))
                .websocket("ws/message/", MessageBoard::new)
                .websocket("ws/answer/{id:uuid}/", AnswerReader::new)
                .through(
                        system -> Bidder.required(),
                        named -> named.websocket("ws/auction/{id:uuid}/", AuctionConsumer::new))
                .http(system -> pages(system, nodes))
                .start();
    }

    /** Once more if it fails: of two nodes that create a table at the same time, PostgreSQL rejects one. */
    private static CompletionStage<Done> create(Database database, HandleConsumer<RuntimeException> tables) {
        return database.useTransaction(tables).exceptionallyCompose(failure -> database.useTransaction(tables));
    }

    private static Route pages(ActorSystem<?> system, Nodes nodes) {
        AccountPages accounts = new AccountPages(system);
        return concat(
                Pages.secured(
                        nodes,
                        concat(
                                BoardPages.route(),
                                new AuctionPages(system).route(),
                                new AnswerPages(system).route(),
                                nodes.route(),
                                Pages.files(),
                                // Last, because only these need the visitor's session.
                                Accounts.SESSIONS.session(
                                        system, session -> concat(ChatPages.route(session), accounts.route(session))))),
                MetricsPage.route(system));
    }

    private static String url(InetSocketAddress address) {
        String host = address.getAddress().isAnyLocalAddress() ? "127.0.0.1" : address.getHostString();
        return "http://" + (host.contains(":") ? "[" + host + "]" : host) + ":" + address.getPort() + "/chat/";
    }
}
