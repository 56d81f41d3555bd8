package org.pekkochannels.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CidrTest {
    @ParameterizedTest
    @CsvSource({
        "10.1.2.3, 10.1.2.3, true",
        "10.1.2.3, 10.1.2.4, false",
        "10.0.0.0/8, 10.255.255.255, true",
        "10.0.0.0/8, 11.0.0.0, false",
        "10.128.0.0/9, 10.127.255.255, false",
        "192.168.1.0/31, 192.168.1.1, true",
        "192.168.1.0/31, 192.168.1.2, false",
        "0.0.0.0/0, 203.0.113.9, true",
        "0.0.0.0/0, 2001:db8::1, false",
        "::/0, 203.0.113.9, false",
        "::1, ::1, true",
        "2001:db8::/32, 2001:db8:ffff::1, true",
        "2001:db8::/32, 2001:db9::, false",
        "2001:db8::/33, 2001:db8:8000::, false",
        "::ffff:10.0.0.0/104, 10.9.9.9, true",
        "10.0.0.0/8, ::ffff:10.9.9.9, true",
        "::ffff:10.0.0.1, 10.0.0.1, true",
    })
    void containsTheAddressesOfItsNetwork(String network, String address, boolean contained) throws Exception {
        assertThat(Cidr.parse(network).orElseThrow().contains(InetAddress.getByName(address)))
                .isEqualTo(contained);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "/8",
                "10.0.0.0/",
                "10.0.0.0/33",
                "10.0.0.0/-1",
                "10.0.0.0/08",
                "10.0.0.0/8/8",
                "10.0.0.1/8",
                "10.0.0",
                "10.0.0.256",
                "010.0.0.1",
                "localhost",
                "example.org/8",
                "2001:db8::/129",
                "2001:db8::1/32",
                "2001:db8",
                "1::2::3",
                "[::1]",
                "fe80::1%eth0",
                "::ffff:10.0.0.0/8",
                "no/such/thing",
            })
    void isNothingElse(String text) {
        assertThat(Cidr.parse(text)).isEmpty();
    }
}
