package org.pekkochannels;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.StringWriter;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the README shows is code that compiles. */
class ReadmeTest {
    private static final Pattern SNIPPET = Pattern.compile("(?ms)^```java\\n(.*?)^```");
    private static final Pattern CLASS = Pattern.compile("(?m)^public final class (\\w+)");
    private static final String IMPORTS = """
            import io.micrometer.core.instrument.MeterRegistry;
            import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
            import java.util.List;
            import java.util.concurrent.CompletionStage;
            import java.util.function.Function;
            import org.apache.pekko.actor.typed.ActorSystem;
            import org.apache.pekko.http.javadsl.Http;
            import org.apache.pekko.http.javadsl.server.Directives;
            import org.apache.pekko.http.javadsl.server.Route;
            import org.jdbi.v3.core.Handle;
            import org.jdbi.v3.core.statement.PreparedBatch;
            import org.jdbi.v3.sqlobject.config.RegisterConstructorMapper;
            import org.jdbi.v3.sqlobject.statement.SqlQuery;
            import org.pekkochannels.Channels;
            import org.pekkochannels.ChannelsServer;
            import org.pekkochannels.consumer.*;
            import org.pekkochannels.database.Batch;
            import org.pekkochannels.database.Database;
            import org.pekkochannels.layer.ChannelLayer;
            import org.pekkochannels.layer.GroupName;
            import org.pekkochannels.metrics.ChannelsMetrics;
            """;

    @Test
    void compilesEverySnippet(@TempDir Path classes) throws IOException {
        List<JavaFileObject> sources = sources(Files.readString(Path.of("README.md")));
        StringWriter complaints = new StringWriter();

        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        boolean compiled = compiler.getTask(
                        complaints,
                        null,
                        null,
                        List.of("-proc:none", "-classpath", System.getProperty("java.class.path"), "-d", classes + ""),
                        null,
                        sources)
                .call();

        assertThat(sources).hasSizeGreaterThan(4);
        assertThat(compiled).as(complaints.toString()).isTrue();
    }

    /** Classes as they are, and statements within a method that has an actor system. */
    private static List<JavaFileObject> sources(String readme) {
        List<JavaFileObject> sources = new ArrayList<>();
        for (String snippet : snippets(readme).toList()) {
            Matcher type = CLASS.matcher(snippet);
            String name = type.find() ? type.group(1) : "Snippet" + sources.size();
            String body = snippet.contains("class " + name)
                    ? snippet
                    : "class " + name + " { void run(ActorSystem<?> system) {\n" + snippet + "}}\n";
            sources.add(new Source(name, IMPORTS + body));
        }
        return sources;
    }

    private static Stream<String> snippets(String readme) {
        return SNIPPET.matcher(readme).results().map((MatchResult result) -> result.group(1));
    }

    private static final class Source extends SimpleJavaFileObject {
        private final String code;

        Source(String name, String code) {
            super(URI.create("string:///" + name + ".java"), Kind.SOURCE);
            this.code = code;
        }

        @Override
        public CharSequence getCharContent(boolean ignoreEncodingErrors) {
            return code;
        }
    }
}
