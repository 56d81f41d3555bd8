package org.pekkochannels.guide;

import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.tools.Diagnostic;
import javax.tools.DiagnosticCollector;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;

/**
 * Java code of a page. Types stand as they are, and statements within a method that has an actor system, {@code system}; a
 * {@code main} runs statements that do not use it. The snippets of one page are one package, so that one may use what another defines.
 */
public final class Snippet extends SimpleJavaFileObject {
    // Whichever of these names a snippet imports itself is left out.
    private static final List<String> NAMES = List.of(
            "com.fasterxml.jackson.core.type.TypeReference",
            "com.fasterxml.jackson.databind.json.JsonMapper",
            "com.typesafe.config.Config",
            "com.typesafe.config.ConfigFactory",
            "io.micrometer.core.instrument.MeterRegistry",
            "io.micrometer.core.instrument.simple.SimpleMeterRegistry",
            "java.net.URI",
            "java.net.URLEncoder",
            "java.net.http.HttpClient",
            "java.net.http.WebSocket",
            "java.nio.charset.StandardCharsets",
            "java.util.concurrent.atomic.AtomicReference",
            "java.util.function.Function",
            "java.util.function.UnaryOperator",
            "java.util.regex.Matcher",
            "java.util.regex.Pattern",
            "org.apache.pekko.Done",
            "org.apache.pekko.actor.Cancellable",
            "org.apache.pekko.actor.CoordinatedShutdown",
            "org.apache.pekko.actor.typed.javadsl.ActorContext",
            "org.apache.pekko.actor.typed.javadsl.AskPattern",
            "org.apache.pekko.actor.typed.javadsl.Behaviors",
            "org.apache.pekko.http.javadsl.Http",
            "org.apache.pekko.http.javadsl.server.Directives",
            "org.apache.pekko.http.javadsl.server.PathMatchers",
            "org.apache.pekko.http.javadsl.server.Route",
            "org.apache.pekko.http.javadsl.unmarshalling.Unmarshaller",
            "org.jdbi.v3.core.Handle",
            "org.jdbi.v3.core.statement.PreparedBatch",
            "org.junit.jupiter.api.Test",
            "static org.junit.jupiter.api.Assertions.assertEquals",
            "org.pekkochannels.Channels",
            "org.pekkochannels.ChannelsServer",
            "org.pekkochannels.database.Batch",
            "org.pekkochannels.metrics.ChannelsMetrics",
            "org.pekkochannels.tracing.ChannelsTracing");
    private static final List<String> PACKAGES = List.of(
            "com.fasterxml.jackson.annotation",
            "com.password4j",
            "com.password4j.types",
            "com.fasterxml.jackson.core",
            "com.fasterxml.jackson.databind",
            "java.time",
            "java.util",
            "java.util.concurrent",
            "org.apache.pekko.actor.typed",
            "org.apache.pekko.http.javadsl.model",
            "org.jdbi.v3.sqlobject.config",
            "org.jdbi.v3.sqlobject.customizer",
            "org.jdbi.v3.sqlobject.statement",
            "org.jdbi.v3.sqlobject.transaction",
            "org.pekkochannels.consumer",
            "org.pekkochannels.database",
            "org.pekkochannels.identity",
            "org.pekkochannels.layer",
            "org.pekkochannels.middleware",
            "org.pekkochannels.protocol",
            "org.pekkochannels.testkit");

    private static final Pattern TYPE = Pattern.compile(
            "(?m)^(public )?((abstract|final|sealed|non-sealed) )*(class|interface|enum|record|@interface) (\\w+)");
    private static final Pattern IMPORT = Pattern.compile("(?m)^import (?:static )?[\\w.]+?(\\w+);$");

    private final MarkdownPage page;
    private final MarkdownPage.Block block;
    private final String type;
    private final String code;

    private Snippet(MarkdownPage page, MarkdownPage.Block block, String type, String code) {
        super(URI.create("string:///" + packageOf(page) + "/" + type + ".java"), Kind.SOURCE);
        this.page = page;
        this.block = block;
        this.type = type;
        this.code = code;
    }

    /** The snippets of a page. */
    public static Stream<Snippet> of(MarkdownPage page) {
        return page.blocks("java").stream().map(block -> of(page, block));
    }

    private static Snippet of(MarkdownPage page, MarkdownPage.Block block) {
        Matcher types = TYPE.matcher(block.code());
        boolean areStatements = !types.find();
        String type = areStatements ? "Line" + block.line() : types.group(5);
        String own =
                IMPORT.matcher(block.code()).results().map(MatchResult::group).collect(Collectors.joining());
        String body = IMPORT.matcher(block.code()).replaceAll("");
        // All on one line: the compiler then counts lines as the page does.
        String start = "package " + packageOf(page) + "; " + imports(block.code()) + own;
        return new Snippet(
                page,
                block,
                type,
                areStatements
                        ? start + "class " + type + " { void run(ActorSystem<?> system) throws Exception {" + body
                                + "} public static void main(String[] arguments) throws Exception { new " + type
                                + "().run(null); }}"
                        : start + body);
    }

    private static String imports(String code) {
        List<String> own = IMPORT.matcher(code)
                .results()
                .map((MatchResult found) -> found.group(1))
                .toList();
        Stream<String> names = NAMES.stream().filter(name -> !own.contains(name.substring(name.lastIndexOf('.') + 1)));
        return Stream.concat(names, PACKAGES.stream().map(name -> name + ".*"))
                .map(name -> "import " + name + "; ")
                .collect(Collectors.joining());
    }

    /** The code as the page shows it. */
    public String code() {
        return block.code();
    }

    /** The class that it is or that its statements are in, without the package. */
    public String type() {
        return type;
    }

    /** The package of a page's classes, such as {@code getting_started}. */
    public static String packageOf(MarkdownPage page) {
        return page.name().replaceFirst("\\.md$", "").toLowerCase(Locale.ROOT).replace('-', '_');
    }

    /**
     * Compiles snippets.
     *
     * @param snippets of any number of pages
     * @param classes where the classes go to
     * @return the errors, each with the line in its page
     */
    public static List<String> compile(List<Snippet> snippets, Path classes) {
        DiagnosticCollector<JavaFileObject> complaints = new DiagnosticCollector<>();
        List<String> options =
                List.of("-proc:none", "-classpath", System.getProperty("java.class.path"), "-d", classes.toString());
        ToolProvider.getSystemJavaCompiler()
                .getTask(null, null, complaints, options, null, snippets)
                .call();
        return complaints.getDiagnostics().stream()
                .filter(complaint -> complaint.getKind() == Diagnostic.Kind.ERROR)
                .map(Snippet::described)
                .toList();
    }

    private static String described(Diagnostic<? extends JavaFileObject> complaint) {
        String message = complaint.getMessage(Locale.ROOT);
        return complaint.getSource() instanceof Snippet snippet
                ? snippet.page.path() + ":" + (snippet.block.line() + complaint.getLineNumber() - 1) + ": " + message
                : message;
    }

    @Override
    public CharSequence getCharContent(boolean ignoreEncodingErrors) {
        return code;
    }
}
