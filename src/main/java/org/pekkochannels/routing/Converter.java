package org.pekkochannels.routing;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/** What a parameter matches, and the value it is converted to. */
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

    /** Whether the character may occur in such a parameter. */
    abstract boolean accepts(char c);

    /** The exact number of characters, or 0 for one or more. */
    int width() {
        return 0;
    }

    /** The value, or empty if the text has only allowed characters but is not a valid value. */
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

    // With four hyphens in their places, the other 32 characters can only be hexadecimal digits.
    private static boolean isUuid(String text) {
        return text.chars().filter(c -> c == '-').count() == 4
                && text.charAt(8) == '-'
                && text.charAt(13) == '-'
                && text.charAt(18) == '-'
                && text.charAt(23) == '-';
    }
}
