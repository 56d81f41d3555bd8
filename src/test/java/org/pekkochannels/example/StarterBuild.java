package org.pekkochannels.example;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import java.util.Optional;
import java.util.spi.ToolProvider;
import java.util.stream.Stream;
import org.pekkochannels.Channels;
import org.pekkochannels.ChildJvm;

/**
 * A copy of {@code src/starter}, built by Maven in a process of its own. Maven finds this build's library, which is not installed, in a
 * local repository of its own. That has links to the user's one for everything else, so that what is fetched once stays there.
 */
record StarterBuild(Path project, Path repository) implements AutoCloseable {
    private static final Path STARTER = Path.of("src/starter");
    private static final String JVM = "-Xmx512m " + String.join(" ", ChildJvm.SHORT_LIVED);
    /** What a reader of the guide has not set. */
    static final List<String> SETTINGS = List.of(
            "HOST",
            "PORT",
            "DATABASE_URL",
            "DATABASE_USER",
            "DATABASE_PASSWORD",
            "ASGI_THREADS",
            "CHANNELS_DEVELOPMENT");

    /** For {@code @EnabledIf}. */
    static boolean isPossible() {
        return maven().isPresent();
    }

    /** The Maven that runs this build, else that of the path. */
    private static Optional<Path> maven() {
        Stream<Path> ours = Stream.ofNullable(System.getProperty("maven.home")).map(home -> Path.of(home, "bin"));
        Stream<Path> installed = Stream.of(
                        System.getenv().getOrDefault("PATH", "").split(File.pathSeparator))
                .filter(folder -> !folder.isEmpty())
                .map(Path::of);
        return Stream.concat(ours, installed)
                .map(folder -> folder.resolve("mvn"))
                .filter(Files::isExecutable)
                .findFirst();
    }

    static StarterBuild copy(Path folder) throws IOException {
        StarterBuild build = new StarterBuild(folder.resolve("notes"), folder.resolve("repository"));
        copy(STARTER, build.project);
        build.linkRepository();
        build.installLibrary();
        return build;
    }

    /** Compiles, tests and packages. The usual base image would be fetched from a registry; {@code scratch} is empty. */
    void run() throws IOException, InterruptedException {
        maven(
                "package",
                "jib:buildTar",
                "-Djib.from.image=scratch",
                "-Djib.useOnlyProjectCache=true",
                "-Djib.disableUpdateChecks=true");
    }

    /** Packages again, with nothing changed. */
    void repeat() throws IOException, InterruptedException {
        maven("package", "-DskipTests");
    }

    /** Without what a build in place has left. */
    private static void copy(Path from, Path to) throws IOException {
        Files.walkFileTree(from, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) throws IOException {
                if (folder.equals(from.resolve("target")) || folder.equals(from.resolve("data"))) {
                    return FileVisitResult.SKIP_SUBTREE;
                }
                Files.createDirectories(to.resolve(from.relativize(folder)));
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Files.copy(file, to.resolve(from.relativize(file)));
                return FileVisitResult.CONTINUE;
            }
        });
    }

    private void linkRepository() throws IOException {
        Path users = usersRepository();
        link(users, repository, "org");
        link(users.resolve("org"), repository.resolve("org"), "pekkochannels");
    }

    /** The local repository that this JVM's class path is from. */
    private static Path usersRepository() {
        String group = Path.of("com", "typesafe", "config").toString();
        return Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
                .filter(entry -> entry.contains(group))
                .map(entry -> Path.of(entry.substring(0, entry.indexOf(group))))
                .findFirst()
                .orElseThrow();
    }

    private static void link(Path from, Path to, String except) throws IOException {
        Files.createDirectories(to);
        try (Stream<Path> entries = Files.list(from)) {
            for (Path entry : entries.toList()) {
                if (!entry.getFileName().toString().equals(except)) {
                    Files.createSymbolicLink(to.resolve(entry.getFileName()), entry.toAbsolutePath());
                }
            }
        }
    }

    private void installLibrary() throws IOException {
        Path pom = Path.of("pom.xml");
        String version = element(pom, "version");
        Path folder = repository.resolve("org/pekkochannels/pekko-channels").resolve(version);
        Files.createDirectories(folder);
        Files.copy(pom, folder.resolve("pekko-channels-" + version + ".pom"));
        String jar = folder.resolve("pekko-channels-" + version + ".jar").toString();
        int code = ToolProvider.findFirst("jar")
                .orElseThrow()
                .run(System.out, System.err, "--create", "--file", jar, "-C", classes(), ".");
        assertThat(code).isZero();
    }

    private static String classes() {
        return Path.of(Channels.class
                        .getProtectionDomain()
                        .getCodeSource()
                        .getLocation()
                        .getPath())
                .toString();
    }

    /** The text of the first such element of a POM. */
    static String element(Path pom, String name) throws IOException {
        String text = Files.readString(pom);
        String start = "<" + name + ">";
        int from = text.indexOf(start) + start.length();
        return text.substring(from, text.indexOf("</" + name + ">", from));
    }

    private void maven(String... arguments) throws IOException, InterruptedException {
        Path log = project.resolveSibling("maven.log");
        ProcessBuilder builder = new ProcessBuilder(Stream.concat(
                                Stream.of(
                                        maven().orElseThrow().toString(),
                                        "--batch-mode",
                                        "--no-transfer-progress",
                                        "-Dmaven.repo.local=" + repository,
                                        "-DargLine=" + JVM),
                                Stream.of(arguments))
                        .toList())
                .directory(project.toFile())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile());
        builder.environment().keySet().removeAll(SETTINGS);
        builder.environment().put("MAVEN_OPTS", JVM);
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        assertThat(builder.start().waitFor())
                .as(() -> "the exit code of Maven, which has written: " + text(log))
                .isZero();
    }

    private static String text(Path log) {
        try {
            return Files.readString(log, StandardCharsets.UTF_8);
        } catch (IOException e) {
            return e.toString();
        }
    }

    Path target(String file) {
        return project.resolve("target").resolve(file);
    }

    /** Removes the links, so that nothing that removes the folder follows them. */
    @Override
    public void close() throws IOException {
        for (Path folder : List.of(repository, repository.resolve("org"))) {
            try (Stream<Path> entries = Files.list(folder)) {
                for (Path link : entries.filter(Files::isSymbolicLink).toList()) {
                    Files.delete(link);
                }
            }
        }
    }
}
