package org.pekkochannels;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaMethodCall;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** The places in the library that call certain methods, and a list of them with a reason for each. */
public final class CallSites {
    private CallSites() {}

    /** The lines of a list, {@code class.method called: reason}. */
    public static SortedMap<String, String> listed(Path list) throws IOException {
        SortedMap<String, String> listed = new TreeMap<>();
        for (String line : Files.readAllLines(list)) {
            if (!line.isBlank() && !line.startsWith("#")) {
                String[] parts = line.split(": ", 2);
                assertThat(parts).as("a site, a colon and a reason: %s", line).hasSize(2);
                assertThat(listed.put(parts[0], parts[1]))
                        .as("%s twice", parts[0])
                        .isNull();
            }
        }
        return listed;
    }

    /** The calls in the classes of the library. */
    public static SortedSet<String> of(Predicate<JavaClass> types, Predicate<JavaMethodCall> calls) {
        return new ClassFileImporter()
                .withImportOption(new ImportOption.DoNotIncludeTests()).importPackages("org.pekkochannels").stream()
                        .filter(types)
                        .flatMap(type -> type.getMethodCallsFromSelf().stream())
                        .filter(calls)
                        .map(CallSites::site)
                        .collect(Collectors.toCollection(TreeSet::new));
    }

    private static String site(JavaMethodCall call) {
        String type = call.getOriginOwner()
                .getName()
                .replace("org.pekkochannels.", "")
                .replace('$', '.');
        return type + "." + call.getOrigin().getName() + " " + call.getTarget().getName();
    }
}
