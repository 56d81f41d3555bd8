package org.pekkochannels.routing;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/** What a parameter may be made of, and what it becomes. */
enum Converter {
    STR {
        @Override
        boolean accepts(char c) {
            return c != '/';
        }
    },
    INT {
        @Override
        boolean accepts(char c) {
            return isDigit(c);
        }

        @Override
        Optional<Object> convert(String text) {
            return number(text).filter(value -> value <= Integer.MAX_VALUE).map(Long::intValue);
        }
    },
    LONG {
        @Override
        boolean accepts(char c) {
            return isDigit(c);
        }

        @Override
        Optional<Object> convert(String text) {
            return number(text).map(value -> value);
        }
    },
    SLUG {
        @Override
        boolean accepts(char c) {
            return isDigit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' || c == '_';
        }
    },
    UUID {
        @Override
        boolean accepts(char c) {
            return isDigit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F') || c == '-';
        }

        @Override
        int width() {
            return UUID_LENGTH;
        }

        @Override
        Optional<Object> convert(String text) {
            return isUuid(text) ? Optional.of(java.util.UUID.fromString(text)) : Optional.empty();
        }
    },
    PATH {
        @Override
        boolean accepts(char c) {
            return true;
        }
    };

    private static final int UUID_LENGTH = 36;

    /** Whether the character may be part of such a parameter. */
    abstract boolean accepts(char c);

    /** How many characters it has, or 0 for any number from 1. */
    int width() {
        return 0;
    }

    /** The value, or nothing if the text has the right characters but is none. */
    Optional<Object> convert(String text) {
        return Optional.of(text);
    }

    static Optional<Converter> named(String name) {
        return Arrays.stream(values())
                .filter(converter -> converter.shortName().equals(name))
                .findFirst();
    }

    static String names() {
        return Arrays.stream(values()).map(Converter::shortName).collect(Collectors.joining(", "));
    }

    private String shortName() {
        return name().toLowerCase(Locale.ROOT);
    }

    private static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }

    private static Optional<Long> number(String digits) {
        try {
            return Optional.of(Long.parseLong(digits));
        } catch (NumberFormatException tooLarge) {
            return Optional.empty();
        }
    }

    // Four hyphens at their places leave nothing but digits for the rest.
    private static boolean isUuid(String text) {
        return text.chars().filter(c -> c == '-').count() == 4
                && text.charAt(8) == '-'
                && text.charAt(13) == '-'
                && text.charAt(18) == '-'
                && text.charAt(23) == '-';
    }
}
