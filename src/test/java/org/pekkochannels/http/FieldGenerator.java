package org.pekkochannels.http;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;

/** Makes header fields, and says what values they have. */
final class FieldGenerator {
    private static final String TOKEN = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789!#$%&'*+-.^_`|~";
    private static final List<String> MODELED = SeenRequest.MODELED.stream()
            .filter(name -> !List.of(
                            "host",
                            "connection",
                            "expect",
                            "upgrade",
                            "http2-settings",
                            "content-length",
                            "transfer-encoding",
                            "content-type")
                    .contains(name))
            .sorted()
            .toList();
    // Each is right for some of them and wrong for others.
    private static final List<String> VALUES = List.of(
            "",
            "*",
            "*/*",
            "text/html;q=0.5",
            "text/html;q=7, a/b;q",
            "gzip, deflate, br;q=x",
            "de-CH,en;q=0.9",
            "a=b; c=d",
            "a=\"b\"; c",
            "=; ;",
            "Thu, 01 Jan 1970 00:00:00 GMT",
            "yesterday",
            "bytes=0-9,-5",
            "bytes=9-1",
            "bytes",
            "Basic dXNlcjpwYXNz",
            "Basic !",
            "Bearer abc",
            "Digest a=\"\\",
            "https://a.example",
            "null",
            "a://b c",
            "no-cache, max-age=1",
            "max-age=99999999999999",
            "<https://a>; rel=next",
            "<<>",
            "1.2.3.4, [::1]",
            "unknown",
            "1.2.3",
            "for=1.2.3.4;proto=https",
            "x".repeat(300),
            "13",
            "0",
            "-1",
            "99999999999999999999",
            "true",
            "/raw?x={",
            "\"etag\"",
            "W/\"e\"",
            "trailers",
            "%%%",
            "\u00e9",
            "\u00c3\u00a9",
            "a,b,,c",
            ",,,",
            "(comment",
            "\"",
            "\\",
            ";",
            "=",
            "[",
            "[::",
            "http://[",
            "a@b",
            "permessage-deflate; client_max_window_bits",
            "///",
            "1/2/3",
            "multipart/form-data; boundary=\"",
            "attachment; filename*=UTF-8''%zz");
    private static final List<String> TYPES = List.of(
            "text/plain",
            "text/plain; charset=utf-8",
            "text/plain; charset=nonsense",
            "nonsense",
            "",
            "/",
            "a/b/c",
            "*/*",
            "application/json; charset=\"",
            "multipart/form-data",
            "text/\u00e9",
            "multipart/mixed; boundary=a b");

    private final Random random;

    /** A line as it is sent, in Latin-1, and what it says. */
    record Field(String sent, String name, String value) {}

    FieldGenerator(Random random) {
        this.random = random;
    }

    List<Field> some() {
        List<Field> fields = new ArrayList<>();
        int count = random.nextInt(300) == 0 ? 1500 : random.nextInt(6);
        for (int i = 0; i < count; i++) {
            fields.add(count > 6 ? field(pick(List.of("q", "Q1", "Qq")), "") : field());
        }
        if (random.nextInt(6) == 0) {
            fields.add(field(pick(List.of("Content-Type", "content-type")), pick(TYPES)));
        }
        return fields;
    }

    private Field field() {
        return random.nextInt(3) == 0 ? field(cased(pick(MODELED)), pick(VALUES)) : field(name(), value());
    }

    private Field field(String name, String value) {
        String line = name + ":" + pick(List.of("", " ", "\t", "  ")) + value + pick(List.of("", " ", "\t "));
        return new Field(line + "\r\n", name, text(value));
    }

    /** The text of a value in Latin-1: that of UTF-8, if it is, with a blank for each tab. */
    private static String text(String latin1) {
        String utf8 = new String(latin1.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
        boolean same = new String(utf8.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1).equals(latin1);
        return (same ? utf8 : latin1).replace('\t', ' ');
    }

    private String cased(String name) {
        return switch (random.nextInt(3)) {
            case 0 -> name;
            case 1 -> name.toUpperCase(Locale.ROOT);
            default -> name.substring(0, 1).toUpperCase(Locale.ROOT) + name.substring(1);
        };
    }

    private String name() {
        while (true) {
            int length = random.nextInt(100) == 0 ? random.nextInt(3000) : random.nextInt(12);
            StringBuilder name = new StringBuilder();
            for (int i = 0; i <= length; i++) {
                name.append(TOKEN.charAt(random.nextInt(TOKEN.length())));
            }
            if (!SeenRequest.MODELED.contains(name.toString().toLowerCase(Locale.ROOT))) {
                return name.toString();
            }
        }
    }

    private String value() {
        int length = random.nextInt(50) == 0 ? random.nextInt(4000) : random.nextInt(20);
        StringBuilder value = new StringBuilder();
        int kind = random.nextInt(4);
        for (int i = 0; i < length; i++) {
            switch (random.nextInt(8) + (kind == 0 ? 8 : 0)) {
                case 0 -> value.append(kind == 1 ? utf8() : "\t");
                case 1 -> value.append(kind == 1 ? utf8() : " ");
                case 2 -> value.append(kind == 2 ? Character.toString(0x80 + random.nextInt(0x80)) : ",");
                default -> value.append((char) (0x20 + random.nextInt(0x5f)));
            }
        }
        return value.toString().replaceAll("^[ \t]+|[ \t]+$", "");
    }

    /** A character of Unicode in UTF-8, as Latin-1. */
    private String utf8() {
        int character = switch (random.nextInt(4)) {
            case 0 -> 0x80 + random.nextInt(0x80);
            case 1 -> 0x800 + random.nextInt(0xd000 - 0x800);
            case 2 -> 0xe000 + random.nextInt(0x2000);
            default -> 0x10000 + random.nextInt(0x100000);
        };
        return new String(Character.toString(character).getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
    }

    private <T> T pick(List<T> choices) {
        return choices.get(random.nextInt(choices.size()));
    }
}
