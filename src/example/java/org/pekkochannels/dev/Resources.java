package org.pekkochannels.dev;

import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Locale;

/**
 * Copies resources, and changes two kinds of copies: pages get the script that shows failures, and {@code reference.conf} makes every actor
 * system known to {@link ActorSystems}. Immutable.
 */
final class Resources {
    private static final String SETTINGS =
            """

            # From the development server.
            pekko.library-extensions += "%1$s"
            pekko.jvm-exit-on-fatal-error = off
            pekko.coordinated-shutdown.reason-overrides {
              "%2$s" { exit-jvm = off, terminate-actor-system = on }
            }
            """.formatted(ActorSystems.class.getName(), ActorSystems.Restart.class.getName());

    private final List<Path> roots;
    private final String script;

    Resources(List<Path> roots, URI banner) {
        this.roots = roots;
        this.script = "<script src=\"" + banner + "\"></script>\n";
    }

    void copy(List<Path> files, Path folder) throws IOException {
        for (Path file : files) {
            for (Path root : roots) {
                // A root that is a file is only watched.
                if (file.startsWith(root) && !file.equals(root)) {
                    copy(file, folder.resolve(root.relativize(file)));
                }
            }
        }
        Files.writeString(
                folder.resolve("reference.conf"), SETTINGS, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }

    private void copy(Path from, Path to) throws IOException {
        Files.createDirectories(to.resolveSibling("."));
        if (from.toString().endsWith(".html")) {
            Files.writeString(
                    to, withScript(Files.readString(from, StandardCharsets.ISO_8859_1)), StandardCharsets.ISO_8859_1);
        } else {
            Files.copy(from, to, StandardCopyOption.REPLACE_EXISTING);
        }
    }

    /** Only whole pages, not parts of pages; read as ISO 8859-1, so that the bytes of any charset stay as they are. */
    private String withScript(String html) {
        String lower = html.toLowerCase(Locale.ROOT);
        int end = lower.lastIndexOf("</body>");
        if (end >= 0) {
            return html.substring(0, end) + script + html.substring(end);
        }
        return lower.contains("<!doctype html") ? html + "\n" + script : html;
    }
}
