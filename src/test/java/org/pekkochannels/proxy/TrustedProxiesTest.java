package org.pekkochannels.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.typesafe.config.ConfigFactory;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.pekkochannels.protocol.Header;
import org.pekkochannels.settings.Settings;

/** Who is believed to have come; the proxies are 10.0.0.0/8 and 2001:db8:aaaa::/48. */
class TrustedProxiesTest {
    private static final String PROXIES = "10.0.0.0/8, \"2001:db8:aaaa::/48\"";

    private static TrustedProxies proxies(String networks, String headers) {
        return TrustedProxies.of(Settings.of(
                ConfigFactory.parseString(
                        "proxies { trusted-proxies = [" + networks + "], forwarded-headers = " + headers + " }"),
                "proxies"));
    }

    /** The origin of a plain request; header lines are parted by "|". */
    private static String origin(TrustedProxies proxies, String peer, String lines) throws Exception {
        TrustedProxies.Origin origin = read(proxies, peer, lines);
        InetSocketAddress client = origin.client().orElseThrow();
        return origin.scheme() + " " + client.getAddress().getHostAddress() + " " + client.getPort();
    }

    private static TrustedProxies.Origin read(TrustedProxies proxies, String peer, String lines) throws Exception {
        List<Header> headers = Arrays.stream(lines.split("\\|"))
                .map(line -> line.split(":", 2))
                .map(line -> new Header(line[0].strip(), line[1].strip()))
                .toList();
        return proxies.origin(Optional.of(new InetSocketAddress(InetAddress.getByName(peer), 5000)), "ws", headers);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '>',
            value = {
                "forwarded   > 10.0.0.1  > Forwarded: for=192.0.2.60;host=a.com > a.com",
                "forwarded   > 10.0.0.1  > Forwarded: for=6.6.6.6;host=evil.com, for=192.0.2.60;host=\"a.com:8443\" > a.com:8443",
                "forwarded   > 10.0.0.1  > Forwarded: for=192.0.2.60;host=a.com, for=10.0.0.2;host=inner > a.com",
                "forwarded   > 10.0.0.1  > X-Forwarded-Host: a.com > none",
                "forwarded   > 192.0.2.1 > Forwarded: for=192.0.2.60;host=a.com > none",
                "x-forwarded > 10.0.0.1  > X-Forwarded-Host: a.com > a.com",
                "x-forwarded > 10.0.0.1  > X-Forwarded-For: 192.0.2.60, 10.0.0.2|X-Forwarded-Host: a.com > a.com",
                "x-forwarded > 10.0.0.1  > X-Forwarded-For: 192.0.2.60, 10.0.0.2|X-Forwarded-Host: a.com, inner > a.com",
                "x-forwarded > 10.0.0.1  > X-Forwarded-For: 6.6.6.6, 192.0.2.60|X-Forwarded-Host: evil.com, a.com > a.com",
                "x-forwarded > 192.0.2.1 > X-Forwarded-Host: a.com > none",
            })
    void takesTheHostThatATrustedProxyWrote(String headers, String peer, String lines, String host) throws Exception {
        assertThat(read(proxies(PROXIES, headers), peer, lines).host().orElse("none"))
                .isEqualTo(host);
    }

    /** What a client may put before its proxy's word; each took a time that grew with the square of its length. */
    @Timeout(20)
    @ParameterizedTest
    @ValueSource(strings = {" ", ";", "\"", ",", "; ", "a=b;", "for=\"", "=", "for=1.2.3.4;  ", ":", "[", "[:", "1."})
    void readsWhatAClientWroteInLinearTime(String piece) throws Exception {
        String hostile = piece.repeat(1_000_000 / piece.length());

        for (String each : List.of("for=1.2.3.4;" + hostile, "for=1.2.3.4;" + hostile + "x", "for=" + hostile)) {
            assertThat(origin(proxies(PROXIES, "forwarded"), "10.0.0.1", "Forwarded: " + each + ", for=10.0.0.2"))
                    .startsWith("ws ");
            assertThat(origin(proxies(PROXIES, "x-forwarded"), "10.0.0.1", "X-Forwarded-For: " + each))
                    .startsWith("ws ");
            assertThat(origin(proxies(PROXIES, "forwarded"), "10.0.0.1", "Forwarded: " + each + ", for=192.0.2.60"))
                    .isEqualTo("ws 192.0.2.60 0");
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            quoteCharacter = '`',
            value = {
                "10.0.0.1; Forwarded: for=192.0.2.60; ws 192.0.2.60 0",
                "10.0.0.1; Forwarded: for=192.0.2.60|X-Forwarded-For: 6.6.6.6; ws 192.0.2.60 0",
                "10.0.0.1; forwarded: For=\"192.0.2.60:4711\"; ws 192.0.2.60 4711",
                "10.0.0.1; Forwarded: for=\"[2001:db8:cafe::17]:4711\"; ws 2001:db8:cafe:0:0:0:0:17 4711",
                "10.0.0.1; Forwarded: for=\"[2001:db8:cafe::17]\"; ws 2001:db8:cafe:0:0:0:0:17 0",
                "2001:db8:aaaa::1; Forwarded: for=192.0.2.60; ws 192.0.2.60 0",
                "10.0.0.1; Forwarded: for=192.0.2.60, for=10.0.0.2; ws 192.0.2.60 0",
                "10.0.0.1; Forwarded: for=192.0.2.60|Forwarded: for=10.0.0.2; ws 192.0.2.60 0",
                "10.0.0.1; Forwarded: for=10.0.0.3, for=10.0.0.2; ws 10.0.0.3 0",
                "10.0.0.1; Forwarded: for=6.6.6.6, for=192.0.2.60; ws 192.0.2.60 0",
                "10.0.0.1; Forwarded: for=6.6.6.6|Forwarded: for=192.0.2.60, for=10.0.0.2; ws 192.0.2.60 0",
                "10.0.0.1; Forwarded: for=6.6.6.6, for=unknown; ws 10.0.0.1 5000",
                "10.0.0.1; Forwarded: for=6.6.6.6, for=_hidden, for=10.0.0.2; ws 10.0.0.2 0",
                "10.0.0.1; Forwarded: for=6.6.6.6, for=\"10.0.0.2:_obfuscated\"; ws 10.0.0.1 5000",
                "10.0.0.1; Forwarded: for=6.6.6.6, garbage; ws 10.0.0.1 5000",
                "10.0.0.1; Forwarded: for=6.6.6.6, for=2001:db8::1; ws 10.0.0.1 5000",
                "10.0.0.1; Forwarded: for=6.6.6.6, for=10.0.0.2 for=10.0.0.3; ws 10.0.0.1 5000",
                "10.0.0.1; Forwarded: for=\"6.6.6.6, for=192.0.2.60; ws 192.0.2.60 0",
                "10.0.0.1; Forwarded: for=\"6.6.6.6|Forwarded: for=192.0.2.60; ws 192.0.2.60 0",
                "10.0.0.1; Forwarded: , ,for=192.0.2.60, ; ws 192.0.2.60 0",
                "10.0.0.1; Forwarded: proto=https; wss 10.0.0.1 5000",
                "10.0.0.1; Forwarded: proto=https, for=192.0.2.60; ws 192.0.2.60 0",
                "10.0.0.1; Forwarded: proto=ftp; ws 10.0.0.1 5000",
                "10.0.0.1; X-Forwarded-For: 6.6.6.6; ws 10.0.0.1 5000",
                "192.0.2.1; Forwarded: for=6.6.6.6; ws 192.0.2.1 5000",
            })
    void walksForwardedFromTheRight(String peer, String lines, String origin) throws Exception {
        assertThat(origin(proxies(PROXIES, "forwarded"), peer, lines)).isEqualTo(origin);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '>',
            value = {
                "for=192.0.2.60;proto=https > wss 192.0.2.60 0",
                "Proto=HTTPS;by=10.0.0.1; For=192.0.2.60;host=example.org > wss 192.0.2.60 0",
                "for=192.0.2.60;proto=https, for=10.0.0.2;proto=http > wss 192.0.2.60 0",
                "for=192.0.2.60;proto=http, for=10.0.0.2;proto=https > ws 192.0.2.60 0",
                "for=192.0.2.60, for=10.0.0.2;proto=https > wss 192.0.2.60 0",
                "for=6.6.6.6;proto=https, for=192.0.2.60;proto=http > ws 192.0.2.60 0",
                "for=unknown;proto=https > wss 10.0.0.1 5000",
                "for=192.0.2.60;for=6.6.6.6;proto=https > ws 10.0.0.1 5000",
                "for=192.0.2.60;proto=https;proto=http > ws 10.0.0.1 5000",
                "for=192.0.2.60;; proto=https; > wss 192.0.2.60 0",
            })
    void takesTheSchemeOfTheLastElementThatAProxyWrote(String element, String origin) throws Exception {
        assertThat(origin(proxies(PROXIES, "forwarded"), "10.0.0.1", "Forwarded: " + element))
                .isEqualTo(origin);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "10.0.0.1; X-Forwarded-For: 192.0.2.60; ws 192.0.2.60 0",
                "10.0.0.1; X-Forwarded-For: 192.0.2.60:4711; ws 192.0.2.60 4711",
                "10.0.0.1; X-Forwarded-For: 2001:db8:cafe::17; ws 2001:db8:cafe:0:0:0:0:17 0",
                "10.0.0.1; X-Forwarded-For: [2001:db8:cafe::17]:4711; ws 2001:db8:cafe:0:0:0:0:17 4711",
                "10.0.0.1; X-Forwarded-For: 6.6.6.6, 192.0.2.60, 10.0.0.2; ws 192.0.2.60 0",
                "10.0.0.1; X-Forwarded-For: 6.6.6.6|x-forwarded-for: 192.0.2.60; ws 192.0.2.60 0",
                "10.0.0.1; X-Forwarded-For: 6.6.6.6, unknown, 10.0.0.2; ws 10.0.0.2 0",
                "10.0.0.1; X-Forwarded-For: 6.6.6.6, 10.0.0.2.; ws 10.0.0.1 5000",
                "10.0.0.1; X-Forwarded-For: 6.6.6.6, 192.0.2.60:99999; ws 10.0.0.1 5000",
                "10.0.0.1; X-Forwarded-For: 6.6.6.6, localhost; ws 10.0.0.1 5000",
                "10.0.0.1; X-Forwarded-Proto: https; wss 10.0.0.1 5000",
                "10.0.0.1; X-Forwarded-For: 192.0.2.60|X-Forwarded-Proto: https; wss 192.0.2.60 0",
                "10.0.0.1; X-Forwarded-For: 6.6.6.6, 192.0.2.60|X-Forwarded-Proto: https, http; ws 192.0.2.60 0",
                "10.0.0.1; X-Forwarded-For: 192.0.2.60, 10.0.0.2|X-Forwarded-Proto: https, http; wss 192.0.2.60 0",
                "10.0.0.1; X-Forwarded-For: 192.0.2.60|X-Forwarded-Proto: https, http; ws 192.0.2.60 0",
                "10.0.0.1; X-Forwarded-For: 192.0.2.60|Forwarded: for=6.6.6.6; ws 192.0.2.60 0",
                "10.0.0.1; Forwarded: for=6.6.6.6;ws 10.0.0.1 5000",
                "192.0.2.1; X-Forwarded-For: 6.6.6.6|X-Forwarded-Proto: https; ws 192.0.2.1 5000",
            })
    void walksXForwardedForFromTheRight(String peer, String lines, String origin) throws Exception {
        assertThat(origin(proxies(PROXIES, "x-forwarded"), peer, lines)).isEqualTo(origin);
    }

    @Test
    void believesNobodyByDefault() throws Exception {
        TrustedProxies nobody = TrustedProxies.of(Settings.of(ConfigFactory.load("reference"), "channels.http"));

        assertThat(origin(nobody, "127.0.0.1", "X-Forwarded-For: 6.6.6.6")).isEqualTo("ws 127.0.0.1 5000");
    }

    @Test
    void believesNothingOfAPeerThatIsNotKnown() {
        Header header = new Header("X-Forwarded-For", "6.6.6.6");

        TrustedProxies.Origin origin =
                proxies("0.0.0.0/0", "x-forwarded").origin(Optional.empty(), "ws", List.of(header));

        assertThat(origin).isEqualTo(new TrustedProxies.Origin(Optional.empty(), "ws", Optional.empty()));
    }

    @Test
    void isNotSlowedByALongHeader() throws Exception {
        String quotes = "for=\"" + "a".repeat(100_000) + "\", " + "\",".repeat(100_000) + "for=10.0.0.2";

        assertThat(origin(proxies(PROXIES, "forwarded"), "10.0.0.1", "Forwarded: " + quotes))
                .isEqualTo("ws 10.0.0.2 0");
    }

    @ParameterizedTest
    @ValueSource(strings = {"10.0.0.1/8", "localhost", "10.0.0.0/33"})
    void stopsTheStartForAMalformedNetwork(String network) {
        assertThatThrownBy(() -> proxies("10.0.0.0/8, \"" + network + "\"", "forwarded"))
                .hasMessageContaining("proxies.trusted-proxies")
                .hasMessageContaining("was '" + network + "'")
                .hasMessageContaining("must be a list of addresses and networks");
    }
}
