package org.pekkochannels.routing;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;

/** Parses one pattern. Confined to the thread that uses it. */
final class PatternParser {
    private static final java.util.regex.Pattern URL = java.util.regex.Pattern.compile("[A-Za-z][A-Za-z0-9+.-]*://");
    private static final java.util.regex.Pattern ESCAPE = java.util.regex.Pattern.compile("%[0-9A-Fa-f]{2}");
    // Parameters and wildcards of other frameworks, and regular expressions.
    private static final java.util.regex.Pattern FOREIGN =
            java.util.regex.Pattern.compile(":.*|\\*.*|\\[.*\\][*+]?|[^{}]*\\.[*+][^{}]*");
    private static final String NOT_LITERAL = "<>#^\\\\";

    private final String pattern;
    private final List<Part> parts = new ArrayList<>();
    private final Set<String> names = new HashSet<>();
    private int position;

    PatternParser(String pattern, int start) {
        this.pattern = pattern;
        this.position = start;
    }

    List<Part> parse() {
        checkSegments();
        while (position < pattern.length()) {
            parts.add(pattern.charAt(position) == '{' ? parameter() : literal());
        }
        checkForm();
        return List.copyOf(parts);
    }

    /** Rejects patterns that are legal text but would never match the requests they were written for. */
    private void checkForm() {
        if (URL.matcher(pattern).lookingAt()) {
            throw bad(0, "a pattern is a path without scheme and host: write ws/chat/, for example");
        }
        Matcher escape = ESCAPE.matcher(pattern);
        if (escape.find()) {
            throw bad(
                    escape.start(),
                    "paths are decoded before they are matched: write the character instead of " + escape.group());
        }
        if (!pattern.strip().equals(pattern)) {
            throw bad(
                    pattern.stripLeading().equals(pattern) ? pattern.length() - 1 : 0,
                    "a space at either end is part of the path, and clients do not send it: leave it out");
        }
        if (pattern.endsWith("$")) {
            throw bad(
                    pattern.length() - 1,
                    "a pattern is not a regular expression and matches the whole path: leave out '$'");
        }
        if (pattern.contains("${")) {
            throw bad(pattern.indexOf("${"), "write a parameter as {name}, not as ${name}");
        }
    }

    private Part literal() {
        int open = pattern.indexOf('{', position);
        int end = open < 0 ? pattern.length() : open;
        String text = pattern.substring(position, end);
        if (text.indexOf('}') >= 0) {
            throw bad(position + text.indexOf('}'), "'}' without a '{'");
        }
        checkCharacters(text);
        position = end;
        return new Part.Literal(text);
    }

    /** Patterns of other frameworks would be read as literal text and match nothing. */
    private void checkCharacters(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '?') {
                throw bad(position + i, "a pattern has no query: read it with scope().queryParameter(name)");
            }
            if (NOT_LITERAL.indexOf(c) >= 0 || Character.isISOControl(c)) {
                throw bad(
                        position + i,
                        "a path has no '" + (Character.isISOControl(c) ? "\\u%04x".formatted((int) c) : c)
                                + "' here: write a parameter as {name}, and the rest of a path as {name:path}");
            }
        }
    }

    private void checkSegments() {
        int start = position;
        for (String segment : pattern.substring(position).split("/", -1)) {
            if (segment.equals(".") || segment.equals("..")) {
                throw bad(
                        start,
                        "the segment '" + segment + "' never matches: requests that contain it are answered 400");
            } else if (FOREIGN.matcher(segment).matches()) {
                throw bad(
                        start, "write a parameter as {name}, and the rest of a path as {name:path}, not as " + segment);
            }
            start += segment.length() + 1;
        }
    }

    private Part parameter() {
        int start = position + 1;
        int end = pattern.indexOf('}', start);
        if (end < 0) {
            throw bad(position, "'{' without a '}'");
        }
        position = end + 1;
        return parameter(pattern.substring(start, end), start);
    }

    private Part parameter(String content, int start) {
        int colon = content.indexOf(':');
        String name = colon < 0 ? content : content.substring(0, colon);
        Converter converter =
                colon < 0 ? Converter.STR : converter(name, content.substring(colon + 1), start + colon + 1);
        checkName(name, start);
        return new Part.Parameter(name, converter);
    }

    private Converter converter(String parameter, String name, int start) {
        return Converter.named(name)
                .orElseThrow(() -> bad(
                        start,
                        Converter.named(parameter).isPresent()
                                ? "the name comes before the converter: write {" + name + ":" + parameter + "}"
                                : "a converter must be one of " + Converter.names() + ", was '" + name + "'"));
    }

    private void checkName(String name, int start) {
        if (!isIdentifier(name)) {
            throw bad(
                    start,
                    "a parameter's name must be a letter or '_', then letters, digits or '_', was '" + name + "'");
        }
        if (!names.add(name)) {
            throw bad(start, "a parameter's name must occur once, '" + name + "' is repeated");
        }
    }

    private static boolean isIdentifier(String name) {
        return !name.isEmpty()
                && !(name.charAt(0) >= '0' && name.charAt(0) <= '9')
                && name.indexOf('-') < 0
                && name.chars().allMatch(c -> Converter.SLUG.accepts((char) c));
    }

    private IllegalArgumentException bad(int at, String words) {
        return Pattern.bad(pattern, at, words);
    }
}
