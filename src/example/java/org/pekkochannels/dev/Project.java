package org.pekkochannels.dev;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * The application under development. Immutable.
 *
 * @param mainClass the class whose {@code main} starts it, and returns when it has started
 * @param output the folder for compiled classes and copied resources, which is emptied
 * @param sources folders with sources and resources; also single files, whose change starts the application again
 * @param javacOptions further options of the compiler
 */
record Project(String mainClass, Path output, List<Path> sources, List<String> javacOptions) {
    private static final String USAGE = "DevServer requires the main class, the output folder, at least one source"
            + " folder, and then options of javac such as -parameters; the arguments were ";

    static Project of(String... arguments) {
        List<String> options =
                Stream.of(arguments).filter(text -> text.startsWith("-")).toList();
        List<String> names =
                Stream.of(arguments).filter(text -> !text.startsWith("-")).toList();
        if (names.size() < 3) {
            throw new IllegalArgumentException(USAGE + String.join(" ", arguments));
        }
        List<Path> sources =
                names.subList(2, names.size()).stream().map(Path::of).toList();
        return new Project(names.get(0), Path.of(names.get(1)), sources, options);
    }
}
