package org.pekkochannels.websocket;

import static org.pekkochannels.websocket.ClientFrames.frame;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.pekkochannels.websocket.codec.Opcode;

/** Section 6: UTF-8, after Markus Kuhn's decoder stress test. */
final class Utf8Cases {
    private static final HexFormat HEX = HexFormat.of();
    private static final String KOSME = "cebae1bdb9cf83cebcceb5";
    private static final byte[] HELLO =
            "Hello-\u00b5@\u00df\u00f6\u00e4\u00fc\u00e0\u00e1-UTF-8!!".getBytes(StandardCharsets.UTF_8);
    // Wrong at byte 12, counted from 0: a code point above U+10FFFF.
    private static final byte[] TOO_HIGH = HEX.parseHex(KOSME + "f4908080" + "656469746564");
    private static final byte[] SURROGATE = HEX.parseHex(KOSME + "eda080" + "656469746564");
    private static final byte[] NONE = {};

    // Section, title, then a hexadecimal payload each; a minus sign marks what is not UTF-8.
    private static final List<String> SEQUENCES = List.of(
            "5 valid: 68656c6c6f24776f726c64 68656c6c6fc2a2776f726c64 68656c6c6fe282ac776f726c64"
                    + " 68656c6c6ff0a4ada2776f726c64 " + KOSME,
            "6 prefixes: -ce ceba -cebae1 -cebae1bd cebae1bdb9 -cebae1bdb9cf cebae1bdb9cf83 -cebae1bdb9cf83ce"
                    + " cebae1bdb9cf83cebc -cebae1bdb9cf83cebcce " + KOSME,
            "7 first of a length: 00 c280 e0a080 f0908080",
            "8 first of length 5 and 6: -f888808080 -fc8480808080",
            "9 last of a length: 7f dfbf efbfbf f48fbfbf",
            "10 last of length 4, 5 and 6: -f7bfbfbf -fbbfbfbfbf -fdbfbfbfbfbf",
            "11 other boundaries: ed9fbf ee8080 efbfbd f48fbfbf -f4908080",
            "12 unexpected continuation: -80 -bf -80bf -80bf80 -80bf80bf -80bf80bf80 -80bf80bf80bf -"
                    + range(0x80, 0xbf, ""),
            "13 lonely starts: -" + range(0xc0, 0xdf, "20") + " -" + range(0xe0, 0xef, "20") + " -"
                    + range(0xf0, 0xf7, "20") + " -" + range(0xf8, 0xfb, "20") + " -" + range(0xfc, 0xfd, "20"),
            "14 last continuation missing: -c0 -e080 -f08080 -f8808080 -fc80808080 -df -efbf -f7bfbf -fbbfbfbf"
                    + " -fdbfbfbfbf",
            "15 incomplete ones together: -c0e080f08080f8808080fc80808080dfefbff7bfbffbbfbfbffdbfbfbfbf",
            "16 impossible bytes: -fe -ff -fefeffff",
            "17 overlong ASCII: -c0af -e080af -f08080af -f8808080af -fc80808080af",
            "18 longest overlong: -c1bf -e09fbf -f08fbfbf -f887bfbfbf -fc83bfbfbfbf",
            "19 overlong NUL: -c080 -e08080 -f0808080 -f880808080 -fc8080808080",
            "20 single surrogates: -eda080 -edadbf -edae80 -edafbf -edb080 -edbe80 -edbfbf",
            "21 paired surrogates: -eda080edb080 -eda080edbfbf -edadbfedb080 -edadbfedbfbf -edae80edb080"
                    + " -edae80edbfbf -edafbfedb080 -edafbfedbfbf",
            "22 non-characters: efbfbe efbfbf " + nonCharacters(),
            "23 specials: efbfb9 efbfba efbfbb efbfbc efbfbd efbfbe efbfbf");

    private Utf8Cases() {}

    static Stream<WireCase> all() {
        return Stream.of(empty(), valid(), invalid(), failFast(), sequences()).flatMap(cases -> cases);
    }

    private static Stream<WireCase> empty() {
        byte[] words = "middle frame payload".getBytes(StandardCharsets.UTF_8);
        return Stream.of(
                WireCase.echo("6.1.1 empty text", Opcode.TEXT, NONE, fragments(NONE)),
                WireCase.echo("6.1.2 three empty fragments", Opcode.TEXT, NONE, fragments(NONE, NONE, NONE)),
                WireCase.echo("6.1.3 first and last fragment empty", Opcode.TEXT, words, fragments(NONE, words, NONE)));
    }

    private static Stream<WireCase> valid() {
        byte[] kosme = HEX.parseHex(KOSME);
        byte[] start = Arrays.copyOf(HELLO, 13);
        byte[] rest = Arrays.copyOfRange(HELLO, 13, HELLO.length);
        return Stream.of(
                WireCase.echo("6.2.1 one fragment", Opcode.TEXT, HELLO, fragments(HELLO)),
                WireCase.echo("6.2.2 two fragments between characters", Opcode.TEXT, HELLO, fragments(start, rest)),
                WireCase.echo("6.2.3 fragments of one byte", Opcode.TEXT, HELLO, fragments(single(HELLO))),
                WireCase.echo("6.2.4 fragments of one byte", Opcode.TEXT, kosme, fragments(single(kosme))));
    }

    private static Stream<WireCase> invalid() {
        return Stream.of(
                WireCase.fails("6.3.1 surrogate", 1007, fragments(SURROGATE)),
                WireCase.fails("6.3.2 surrogate in fragments of one byte", 1007, fragments(single(SURROGATE))));
    }

    /** What is wrong is seen before the message is whole: its last part is never sent. */
    private static Stream<WireCase> failFast() {
        return Stream.of(
                failFast("6.4.1 second fragment of three", 11, 15),
                failFast("6.4.2 second fragment of three, one byte", 12, 13),
                failFastWithinAFrame("6.4.3 second chop of three", 11, 15),
                failFastWithinAFrame("6.4.4 second chop of three, one byte", 12, 13));
    }

    private static WireCase failFast(String name, int first, int second) {
        return WireCase.of(name, client -> {
            client.send(frame(false, Opcode.TEXT, Arrays.copyOf(TOO_HIGH, first)), ClientFrames.ping("so far"));
            client.expectPong("so far");
            client.send(frame(false, Opcode.CONTINUATION, Arrays.copyOfRange(TOO_HIGH, first, second)));
            client.expectEnd(1007);
        });
    }

    private static WireCase failFastWithinAFrame(String name, int first, int second) {
        byte[] whole = frame(true, Opcode.TEXT, TOO_HIGH);
        int header = whole.length - TOO_HIGH.length;
        return WireCase.of(name, client -> {
            client.send(Arrays.copyOf(whole, header + first));
            client.send(Arrays.copyOfRange(whole, header + first, header + second));
            client.expectEnd(1007);
        });
    }

    private static Stream<WireCase> sequences() {
        return SEQUENCES.stream().flatMap(line -> {
            String title = line.substring(0, line.indexOf(':'));
            String[] payloads = line.substring(line.indexOf(':') + 2).split(" ", -1);
            return IntStream.range(0, payloads.length).mapToObj(i -> sequence(title, i + 1, payloads[i]));
        });
    }

    private static WireCase sequence(String title, int number, String marked) {
        boolean wrong = marked.startsWith("-");
        byte[] payload = HEX.parseHex(wrong ? marked.substring(1) : marked);
        int blank = title.indexOf(' ');
        String name = "6.%s.%d %s".formatted(title.substring(0, blank), number, title.substring(blank + 1));
        return wrong
                ? WireCase.fails(name, 1007, fragments(payload))
                : WireCase.echo(name, Opcode.TEXT, payload, fragments(payload));
    }

    private static byte[][] fragments(byte[]... payloads) {
        byte[][] frames = new byte[payloads.length][];
        for (int i = 0; i < frames.length; i++) {
            frames[i] = frame(i == frames.length - 1, i == 0 ? Opcode.TEXT : Opcode.CONTINUATION, payloads[i]);
        }
        return frames;
    }

    private static byte[][] single(byte[] bytes) {
        byte[][] single = new byte[bytes.length][];
        for (int i = 0; i < single.length; i++) {
            single[i] = new byte[] {bytes[i]};
        }
        return single;
    }

    private static String range(int from, int to, String after) {
        StringBuilder hex = new StringBuilder();
        for (int octet = from; octet < to; octet++) {
            hex.append(Integer.toHexString(octet)).append(after);
        }
        return hex.toString();
    }

    /** Of every plane the last two code points. */
    private static String nonCharacters() {
        StringBuilder hex = new StringBuilder();
        for (int plane = 1; plane <= 16; plane++) {
            for (int last = 0xFFFE; last <= 0xFFFF; last++) {
                byte[] bytes = Character.toString((plane << 16) | last).getBytes(StandardCharsets.UTF_8);
                hex.append(HEX.formatHex(bytes)).append(' ');
            }
        }
        return hex.toString().trim();
    }
}
