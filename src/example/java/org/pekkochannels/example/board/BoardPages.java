package org.pekkochannels.example.board;

import static org.apache.pekko.http.javadsl.server.Directives.get;
import static org.apache.pekko.http.javadsl.server.Directives.pathPrefix;
import static org.apache.pekko.http.javadsl.server.Directives.pathSingleSlash;
import static org.apache.pekko.http.javadsl.server.Directives.redirectToTrailingSlashIfMissing;

import java.util.Map;
import org.apache.pekko.http.javadsl.model.StatusCodes;
import org.apache.pekko.http.javadsl.server.Route;
import org.pekkochannels.example.Pages;

/** The board's page, {@code /messages/}. Thread-safe. */
public final class BoardPages {
    private BoardPages() {}

    /**
     * The page.
     *
     * @return the route, which rejects all other paths
     */
    public static Route route() {
        return get(() -> pathPrefix(
                "messages",
                () -> redirectToTrailingSlashIfMissing(
                        StatusCodes.MOVED_PERMANENTLY, () -> pathSingleSlash(BoardPages::board))));
    }

    private static Route board() {
        return Pages.page(
                "board.html",
                Map.of(
                        "max-title", String.valueOf(Command.MAX_TITLE),
                        "max-message", String.valueOf(Command.MAX_MESSAGE)));
    }
}
