package org.pekkochannels.http;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** Makes requests that must be accepted, of everything that RFC 9112 allows and of much that clients send besides. */
final class RequestGenerator {
    private static final List<String> METHODS =
            List.of("GET", "GET", "GET", "POST", "PUT", "HEAD", "DELETE", "OPTIONS", "PATCH", "TRACE");
    private static final List<String> HOSTS = List.of(
            "x",
            "example.com",
            "EXAMPLE.com:80",
            "a_b.example:8080",
            "1.2.3.4",
            "127.0.0.1:65535",
            "x:",
            "x:0",
            "[::1]",
            "[::1]:443",
            "[2001:db8::ff00:42:8329]",
            "[::ffff:1.2.3.4]:1",
            "[1:2:3:4:5:6:7:8]",
            "[fe80::1]",
            "[::]",
            "[64:ff9b::1.2.3.4]",
            "a-._~!$&'()*+,;=z",
            "1.2.3.4.5",
            "256.1.1.1",
            "01.2.3.4",
            "x.:1",
            "-",
            "localhost:00080",
            "xn--bcher-kva.example",
            "1",
            "[1::]",
            "[::1.2.3.4]",
            "[ABCD:EF01::]",
            "a..b",
            "$",
            "x:65535");

    private final Random random;
    private final FieldGenerator fields;
    private final TargetGenerator targets;
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    RequestGenerator(Random random) {
        this.random = random;
        this.fields = new FieldGenerator(random);
        this.targets = new TargetGenerator(random);
    }

    GeneratedRequest next(boolean last) {
        while (true) {
            bytes.reset();
            GeneratedRequest made = make(last);
            if (made.bytes().length <= ReadConnection.MOST_HEAD_BYTES) {
                return made;
            }
        }
    }

    private GeneratedRequest make(boolean last) {
        String method = pick(METHODS);
        boolean old = random.nextInt(12) == 0;
        TargetGenerator.Target target = targets.next(method);
        for (int i = random.nextInt(20) == 0 ? 2 : 0; i > 0; i--) {
            write("\r\n");
        }
        write(method + " " + target.sent() + (old ? " HTTP/1.0\r\n" : " HTTP/1.1\r\n"));
        List<FieldGenerator.Field> sent = new ArrayList<>(fields.some());
        String host = host(sent, old);
        connection(sent, old, last);
        byte[] body = method.equals("HEAD") || method.equals("TRACE") ? new byte[0] : body();
        boolean chunked = !old && random.nextInt(3) == 0 && !method.equals("HEAD") && !method.equals("TRACE");
        frame(sent, body, chunked);
        sent.forEach(field -> write(field.sent()));
        write("\r\n");
        if (chunked) {
            chunks(body);
        } else {
            bytes.writeBytes(body);
        }
        List<Map.Entry<String, String>> said = sent.stream()
                .map(field -> Map.entry(field.name(), field.value()))
                .toList();
        SeenRequest meaning = SeenRequest.of(
                method,
                target.path(),
                target.query(),
                target.host().isEmpty() ? host : target.host(),
                said,
                SeenRequest.sum(body));
        return new GeneratedRequest(bytes.toByteArray(), meaning, last);
    }

    private String host(List<FieldGenerator.Field> sent, boolean old) {
        if (old && random.nextInt(3) == 0) {
            return "own";
        } else if (random.nextInt(20) == 0) {
            insert(sent, "Host", "");
            return "own";
        }
        String host = pick(HOSTS);
        insert(sent, "Host", host);
        return host;
    }

    private void connection(List<FieldGenerator.Field> sent, boolean old, boolean last) {
        if (last) {
            insert(sent, "Connection", old ? "x" : pick(List.of("close", "Close", "x, close", "keep-alive,close")));
        } else if (old) {
            insert(sent, "connection", pick(List.of("keep-alive", "x,, Keep-Alive")));
        } else if (random.nextInt(6) == 0) {
            insert(sent, "Connection", pick(List.of("keep-alive", "Upgrade, HTTP2-Settings", "x", "")));
            insert(sent, "Upgrade", pick(List.of("h2c", "TLS/1.0", "", "websocket2")));
            insert(sent, "HTTP2-Settings", "AAMAAABkAAQCAAAAAAIAAAAA");
        }
    }

    private void frame(List<FieldGenerator.Field> sent, byte[] body, boolean chunked) {
        if (chunked) {
            insert(sent, pick(List.of("Transfer-Encoding", "transfer-encoding")), pick(List.of("chunked", "CHUNKED")));
        } else if (body.length > 0 || random.nextInt(8) == 0) {
            insert(sent, pick(List.of("Content-Length", "content-length")), pick(List.of("", "000")) + body.length);
        }
        if (random.nextInt(8) == 0) {
            insert(sent, "Expect", "100-Continue");
        }
    }

    private byte[] body() {
        int size = random.nextInt(100);
        byte[] body = new byte[size < 50 ? 0 : size < 90 ? random.nextInt(60) : random.nextInt(6000)];
        random.nextBytes(body);
        return body;
    }

    private void chunks(byte[] body) {
        for (int at = 0; at < body.length; ) {
            int size = Math.min(body.length - at, 1 + random.nextInt(random.nextBoolean() ? 5 : 3000));
            write("0".repeat(random.nextInt(3)) + (random.nextBoolean() ? "%x" : "%X").formatted(size) + extension());
            bytes.write(body, at, size);
            write("\r\n");
            at += size;
        }
        write(pick(List.of("0", "000")) + extension());
        if (random.nextInt(4) == 0) {
            fields.some().forEach(field -> write(field.sent()));
            write(pick(List.of("", "Content-Length: 7\r\n", "Transfer-Encoding: chunked\r\n", "Host: y\r\n")));
        }
        write("\r\n");
    }

    private String extension() {
        return pick(List.of("", "", "", ";", ";a=b", ";\ta=\"\u00e9;\"", ";" + "x".repeat(255))) + "\r\n";
    }

    private void insert(List<FieldGenerator.Field> sent, String name, String value) {
        String line = name + ":" + pick(List.of("", " ", "\t ")) + value + pick(List.of("", " ", "\t")) + "\r\n";
        sent.add(random.nextInt(sent.size() + 1), new FieldGenerator.Field(line, name, value));
    }

    private void write(String latin1) {
        bytes.writeBytes(latin1.getBytes(StandardCharsets.ISO_8859_1));
    }

    private <T> T pick(List<T> choices) {
        return choices.get(random.nextInt(choices.size()));
    }
}
