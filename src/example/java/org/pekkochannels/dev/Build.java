package org.pekkochannels.dev;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.tools.Diagnostic;
import javax.tools.DiagnosticCollector;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.StandardJavaFileManager;
import javax.tools.StandardLocation;
import org.jspecify.annotations.Nullable;

/**
 * Compiles all sources and copies all resources, each time into a new folder: the running application still loads its classes from the
 * previous folder. For one thread.
 */
final class Build implements AutoCloseable {
    private static final int MOST_ERRORS = 20;

    private final Project project;
    private final Resources resources;
    private final JavaCompiler compiler;
    private final StandardJavaFileManager files;
    private int number;

    Build(Project project, JavaCompiler compiler, List<Path> classPath, Resources resources) throws IOException {
        this.project = project;
        this.resources = resources;
        this.compiler = compiler;
        this.files = compiler.getStandardFileManager(null, Locale.ROOT, StandardCharsets.UTF_8);
        files.setLocationFromPaths(StandardLocation.CLASS_PATH, classPath);
        delete(project.output());
    }

    /** Fails with {@link IllegalStateException} for {@code null}, which a Java runtime without development tools has. */
    static JavaCompiler required(@Nullable JavaCompiler compiler) {
        if (compiler == null) {
            throw new IllegalStateException("DevServer requires a JDK: the Java in " + System.getProperty("java.home")
                    + " has no compiler; set JAVA_HOME to a JDK, version 17 or newer");
        }
        return compiler;
    }

    /** The folder with the classes and resources of these files. */
    Path run(List<Path> sources) throws BuildFailedException, IOException {
        number += 1;
        Path folder = project.output().resolve(String.valueOf(number));
        try {
            Files.createDirectories(folder);
            compile(sources.stream().filter(Build::isJava).toList(), folder);
            resources.copy(sources.stream().filter(file -> !isJava(file)).toList(), folder);
            return folder;
        } catch (IOException | RuntimeException e) { // also of an annotation processor
            delete(folder);
            throw new BuildFailedException(e.toString());
        } catch (BuildFailedException e) {
            delete(folder);
            throw e;
        }
    }

    private static boolean isJava(Path file) {
        return file.toString().endsWith(".java");
    }

    private void compile(List<Path> sources, Path folder) throws IOException, BuildFailedException {
        if (sources.isEmpty()) {
            throw new BuildFailedException("no Java source in " + project.sources());
        }
        files.setLocationFromPaths(StandardLocation.CLASS_OUTPUT, List.of(folder));
        DiagnosticCollector<JavaFileObject> found = new DiagnosticCollector<>();
        boolean succeeded = compiler.getTask(
                        null, files, found, options(), null, files.getJavaFileObjectsFromPaths(sources))
                .call();
        if (!succeeded) {
            throw new BuildFailedException(errors(found));
        }
    }

    private List<String> options() {
        List<String> options = new ArrayList<>(List.of("-g"));
        options.addAll(project.javacOptions());
        return options;
    }

    private static String errors(DiagnosticCollector<JavaFileObject> found) {
        return found.getDiagnostics().stream()
                .filter(diagnostic -> diagnostic.getKind() == Diagnostic.Kind.ERROR)
                .limit(MOST_ERRORS)
                .map(Build::error)
                .collect(Collectors.joining("\n"));
    }

    private static String error(Diagnostic<? extends JavaFileObject> error) {
        JavaFileObject source = error.getSource();
        String message = error.getMessage(Locale.ROOT);
        return source == null ? message : shown(Path.of(source.toUri())) + ":" + error.getLineNumber() + ": " + message;
    }

    /** Relative to the working directory, as terminals and editors open it. */
    static Path shown(Path file) {
        Path here = Path.of("").toAbsolutePath();
        Path whole = file.toAbsolutePath().normalize();
        return whole.startsWith(here) ? here.relativize(whole) : whole;
    }

    /** Deletes a folder that an earlier run made; what cannot be deleted stays. */
    static void delete(Path folder) throws IOException {
        if (Files.exists(folder)) {
            try (Stream<Path> files = Files.walk(folder)) {
                files.sorted(Comparator.reverseOrder()).map(Path::toFile).forEach(File::delete);
            }
        }
    }

    @Override
    public void close() throws IOException {
        files.close();
    }
}
