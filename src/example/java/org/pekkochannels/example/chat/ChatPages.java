package org.pekkochannels.example.chat;

import static org.apache.pekko.http.javadsl.server.Directives.concat;
import static org.apache.pekko.http.javadsl.server.Directives.get;
import static org.apache.pekko.http.javadsl.server.Directives.path;
import static org.apache.pekko.http.javadsl.server.Directives.pathPrefix;
import static org.apache.pekko.http.javadsl.server.Directives.pathSingleSlash;
import static org.apache.pekko.http.javadsl.server.Directives.redirect;
import static org.apache.pekko.http.javadsl.server.Directives.redirectToTrailingSlashIfMissing;
import static org.apache.pekko.http.javadsl.server.Directives.reject;
import static org.apache.pekko.http.javadsl.server.PathMatchers.segment;

import java.util.Map;
import org.apache.pekko.http.javadsl.model.StatusCodes;
import org.apache.pekko.http.javadsl.model.Uri;
import org.apache.pekko.http.javadsl.server.Route;
import org.pekkochannels.example.Pages;
import org.pekkochannels.example.accounts.Account;
import org.pekkochannels.identity.WebSession;

/** The chat's pages: {@code /chat/} asks for the name of a room, {@code /chat/lobby/} is a room. Thread-safe. */
final class ChatPages {
    private ChatPages() {}

    /** The pages of one visitor. */
    static Route route(WebSession<Account> session) {
        return get(() -> concat(
                pathSingleSlash(() -> redirect(Uri.create("/chat/"), StatusCodes.FOUND)),
                pathPrefix(
                        "chat",
                        () -> redirectToTrailingSlashIfMissing(
                                StatusCodes.MOVED_PERMANENTLY,
                                () -> concat(
                                        pathSingleSlash(() -> index(session)),
                                        path(segment().slash(), name -> room(name, session)))))));
    }

    private static Route index(WebSession<Account> session) {
        return Pages.page(
                "chat-index.html", Map.of("max-room", String.valueOf(Room.MAX_LENGTH), "account", account(session)));
    }

    private static String account(WebSession<Account> session) {
        return Pages.json(session.user().map(Account::name).orElse(""));
    }

    private static Route room(String name, WebSession<Account> session) {
        if (Room.isForMembers(name) && session.user().isEmpty()) {
            return Pages.page(StatusCodes.FORBIDDEN, "chat-members.html", Map.of());
        }
        return Room.isName(name)
                ? Pages.page(
                        "chat-room.html",
                        Map.of(
                                "room-name", Pages.json(name),
                                "account", account(session),
                                "max-message", String.valueOf(Draft.MAX_MESSAGE),
                                "max-name", String.valueOf(Draft.MAX_NAME),
                                "history", String.valueOf(ChatConsumer.MAX_HISTORY)))
                : reject();
    }
}
