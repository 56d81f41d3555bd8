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

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import java.util.Map;
import org.apache.pekko.http.javadsl.model.StatusCodes;
import org.apache.pekko.http.javadsl.model.Uri;
import org.apache.pekko.http.javadsl.server.Route;
import org.pekkochannels.example.Pages;

/** The chat's pages: {@code /chat/} asks for the name of a room, {@code /chat/lobby/} is a room. Thread-safe. */
final class ChatPages {
    private ChatPages() {}

    static Route route() {
        return get(() -> concat(
                pathSingleSlash(() -> redirect(Uri.create("/chat/"), StatusCodes.FOUND)),
                pathPrefix(
                        "chat",
                        () -> redirectToTrailingSlashIfMissing(
                                StatusCodes.MOVED_PERMANENTLY,
                                () -> concat(
                                        pathSingleSlash(ChatPages::index),
                                        path(segment().slash(), ChatPages::room))))));
    }

    private static Route index() {
        return Pages.page("chat-index.html", Map.of("max-room", String.valueOf(Room.MAX_LENGTH)));
    }

    private static Route room(String name) {
        return Room.isName(name)
                ? Pages.page(
                        "chat-room.html",
                        Map.of(
                                "room-name", jsonForHtml(name),
                                "max-message", String.valueOf(Draft.MAX_MESSAGE),
                                "max-name", String.valueOf(Draft.MAX_NAME),
                                "history", String.valueOf(ChatConsumer.MAX_HISTORY)))
                : reject();
    }

    /** A JSON string that cannot end the script element around it, in the form of Django's {@code json_script}. */
    static String jsonForHtml(String text) {
        String escaped = new String(JsonStringEncoder.getInstance().quoteAsString(text))
                .replace("<", "\\u003C")
                .replace(">", "\\u003E")
                .replace("&", "\\u0026");
        return '"' + escaped + '"';
    }
}
