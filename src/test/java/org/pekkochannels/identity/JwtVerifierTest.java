package org.pekkochannels.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.pekkochannels.identity.KeyServer.claims;
import static org.pekkochannels.identity.KeyServer.signed;
import static org.pekkochannels.identity.SessionSystem.await;

import com.nimbusds.jose.EncryptionMethod;
import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWEAlgorithm;
import com.nimbusds.jose.JWEHeader;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSObject;
import com.nimbusds.jose.Payload;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.crypto.RSAEncrypter;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.util.Base64URL;
import com.nimbusds.jwt.EncryptedJWT;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.PlainJWT;
import com.nimbusds.jwt.SignedJWT;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Date;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.pekko.http.javadsl.server.Directives;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.pekkochannels.concurrent.RecordedLog;
import org.pekkochannels.database.Database;
import org.pekkochannels.http.RunningApplication;

/** JSON Web Tokens of an identity provider, good ones and forged ones. */
final class JwtVerifierTest {
    private static final int HOSTILE = Boolean.getBoolean("channels.proofs") ? 10_000 : 1_000;
    private static KeyServer provider;
    private static JwtVerifier verifier;

    @BeforeAll
    static void start() {
        provider = new KeyServer();
        verifier = provider.verifier().build();
        assertThat(verify(provider.token())).isPresent();
    }

    @AfterAll
    static void stop() {
        provider.close();
    }

    private static Optional<VerifiedToken> verify(String token) {
        return await(verifier.verify(token));
    }

    private static Date in(Duration time) {
        return Date.from(Instant.now().plus(time));
    }

    private static String rsa(JWTClaimsSet.Builder claims) {
        return signed(provider.rsa, JWSAlgorithm.RS256, claims.build());
    }

    @Test
    void acceptsBothKindsOfKeys() {
        assertThat(verify(provider.token())).map(VerifiedToken::userId).contains("1");
        assertThat(verify(signed(provider.ec, JWSAlgorithm.ES256, claims().build())))
                .isPresent();
    }

    @Test
    void endsWithTheTokenAndTheSkew() {
        Date end = Date.from(Instant.parse("2100-01-01T00:00:00Z"));

        assertThat(verify(rsa(claims().expirationTime(end))))
                .flatMap(VerifiedToken::expires)
                .contains(Instant.parse("2100-01-01T00:01:00Z"));
    }

    @Test
    void acceptsWhatStandardsAllow() {
        JWSHeader access = new JWSHeader.Builder(JWSAlgorithm.RS256)
                .type(new JOSEObjectType("at+jwt"))
                .build();

        assertThat(verify(rsa(claims().audience(List.of("other", "chat"))))).isPresent();
        assertThat(verify(rsa(claims().expirationTime(in(Duration.ofSeconds(-30))))))
                .isPresent();
        assertThat(verify(rsa(claims().notBeforeTime(in(Duration.ofSeconds(30))))))
                .isPresent();
        assertThat(verify(signed(provider.rsa, access, claims().build()))).isPresent();
    }

    static Stream<Arguments> forged() throws JOSEException {
        RSAKey thief = KeyServer.rsa("rsa-1");
        RSAKey stranger = KeyServer.rsa("stranger");
        JWTClaimsSet good = claims().build();
        String[] parts = provider.token().split("\\.", -1);
        String header = encoded("{\"alg\":\"none\"}");
        return Stream.of(
                Arguments.of("alg none", new PlainJWT(good).serialize()),
                Arguments.of("alg none with a signature", header + "." + parts[1] + "." + parts[2]),
                Arguments.of("alg None", encoded("{\"alg\":\"None\"}") + "." + parts[1] + "."),
                Arguments.of("no alg", encoded("{}") + "." + parts[1] + "." + parts[2]),
                Arguments.of(
                        "HS256 with the public key",
                        hmac(provider.rsa.toRSAPublicKey().getEncoded(), good)),
                Arguments.of(
                        "HS256 with the public JWK",
                        hmac(provider.rsa.toPublicJWK().toString().getBytes(StandardCharsets.UTF_8), good)),
                Arguments.of(
                        "HS256 with the modulus", hmac(provider.rsa.getModulus().decode(), good)),
                Arguments.of("another key of the same id", signed(thief, JWSAlgorithm.RS256, good)),
                Arguments.of("an unknown key", signed(stranger, JWSAlgorithm.RS256, good)),
                Arguments.of(
                        "the id of a key of another kind",
                        signed(
                                thief,
                                new JWSHeader.Builder(JWSAlgorithm.RS256)
                                        .keyID("ec-1")
                                        .build(),
                                good)),
                Arguments.of(
                        "an id that is a path",
                        signed(
                                thief,
                                new JWSHeader.Builder(JWSAlgorithm.RS256)
                                        .keyID("../../etc/passwd")
                                        .build(),
                                good)),
                Arguments.of(
                        "its own key",
                        signed(
                                thief,
                                new JWSHeader.Builder(JWSAlgorithm.RS256)
                                        .jwk(thief.toPublicJWK())
                                        .build(),
                                good)),
                Arguments.of(
                        "keys of another server",
                        signed(
                                thief,
                                new JWSHeader.Builder(JWSAlgorithm.RS256)
                                        .jwkURL(URI.create("http://127.0.0.1:9/"))
                                        .build(),
                                good)),
                Arguments.of("an algorithm that is not listed", signed(provider.rsa, JWSAlgorithm.RS512, good)),
                Arguments.of(
                        "a critical header",
                        signed(
                                provider.rsa,
                                new JWSHeader.Builder(JWSAlgorithm.RS256)
                                        .keyID("rsa-1")
                                        .criticalParams(Set.of("exp"))
                                        .customParam("exp", 1)
                                        .build(),
                                good)),
                Arguments.of(
                        "another type",
                        signed(
                                provider.rsa,
                                new JWSHeader.Builder(JWSAlgorithm.RS256)
                                        .keyID("rsa-1")
                                        .type(new JOSEObjectType("logout+jwt"))
                                        .build(),
                                good)),
                Arguments.of("r and s are zero", ecHeader() + "." + parts[1] + "." + Base64URL.encode(new byte[64])),
                Arguments.of("encrypted", encrypted(good)),
                Arguments.of("another issuer", rsa(claims().issuer("https://login.example"))),
                Arguments.of("no issuer", rsa(claims().issuer(null))),
                Arguments.of("another audience", rsa(claims().audience("shop"))),
                Arguments.of("no audience", rsa(claims().audience((String) null))),
                Arguments.of("no user", rsa(claims().subject(null))),
                Arguments.of("an empty user", rsa(claims().subject(""))),
                Arguments.of("no end", rsa(claims().expirationTime(null))),
                Arguments.of("expired", rsa(claims().expirationTime(in(Duration.ofMinutes(-2))))),
                Arguments.of("not yet", rsa(claims().notBeforeTime(in(Duration.ofMinutes(2))))),
                Arguments.of("an end that is a text", rsa(claims().claim("exp", "tomorrow"))),
                Arguments.of(
                        "changed",
                        parts[0] + "." + encoded(good.toString().replace("\"1\"", "\"2\"")) + "." + parts[2]),
                Arguments.of("JSON null", "bnVsbA.bnVsbA.bnVsbA"),
                Arguments.of("enc null", encoded("{\"alg\":\"dir\",\"enc\":null}") + "." + parts[1] + "." + parts[2]),
                Arguments.of("an end that is null", json("{\"sub\":\"1\",\"exp\":null}")),
                Arguments.of("a line break in the user", json("{\"sub\":\"1\\n2\",\"exp\":4000000000}")),
                Arguments.of("half a character in the user", json("{\"sub\":\"\\ud800\",\"exp\":4000000000}")),
                Arguments.of("a long user", json("{\"sub\":\"" + "1".repeat(201) + "\",\"exp\":4000000000}")),
                Arguments.of("no signature", parts[0] + "." + parts[1] + "."),
                Arguments.of("two parts", parts[0] + "." + parts[1]),
                Arguments.of("empty", ""),
                Arguments.of("dots", "....."),
                Arguments.of(
                        "deep",
                        encoded("{\"alg\":\"RS256\",\"x\":" + "[".repeat(5000) + "]".repeat(5000) + "}") + "."
                                + parts[1] + "." + parts[2]),
                Arguments.of("huge", rsa(claims().claim("x", "x".repeat(10_000)))));
    }

    private static String encoded(String text) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }

    /** Genuine but for claims that the library would not write. */
    private static String json(String claims) throws JOSEException {
        String all = "{\"iss\":\"" + KeyServer.ISSUER + "\",\"aud\":\"chat\"," + claims.substring(1);
        JWSObject token = new JWSObject(
                new JWSHeader.Builder(JWSAlgorithm.RS256).keyID("rsa-1").build(), new Payload(all));
        token.sign(new RSASSASigner(provider.rsa));
        return token.serialize();
    }

    private static String ecHeader() {
        return encoded("{\"alg\":\"ES256\",\"kid\":\"ec-1\"}");
    }

    private static String hmac(byte[] secret, JWTClaimsSet claims) throws JOSEException {
        SignedJWT token = new SignedJWT(
                new JWSHeader.Builder(JWSAlgorithm.HS256).keyID("rsa-1").build(), claims);
        token.sign(new MACSigner(secret));
        return token.serialize();
    }

    private static String encrypted(JWTClaimsSet claims) throws JOSEException {
        EncryptedJWT token = new EncryptedJWT(
                new JWEHeader.Builder(JWEAlgorithm.RSA_OAEP_256, EncryptionMethod.A128GCM)
                        .keyID("rsa-1")
                        .build(),
                claims);
        token.encrypt(new RSAEncrypter(provider.rsa));
        return token.serialize();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("forged")
    void refusesWhatIsForged(String how, String token) {
        assertThat(verify(token)).as(how).isEmpty();
    }

    @Test
    void refusesHostileTokensWithoutAFailure() {
        Random random = new Random(23);
        String genuine = provider.token();
        for (int i = 0; i < HOSTILE; i++) {
            String token = hostile(random, genuine);
            assertThat(verify(token)).as(token).isEmpty();
        }
        assertThat(provider.requests.get()).isLessThan(20);
    }

    private static String hostile(Random random, String genuine) {
        int at = random.nextInt(genuine.lastIndexOf('.') - 1);
        return switch (random.nextInt(4)) {
            case 0 -> genuine.substring(0, at);
            case 1 -> genuine.substring(0, at) + (char) ('!' + random.nextInt(94)) + "~" + genuine.substring(at + 1);
            case 2 -> bytes(random) + "." + bytes(random) + "." + bytes(random);
            default ->
                encoded("{\"alg\":\"RS256\",\"kid\":\"" + random.nextInt() + "\"}") + "." + bytes(random) + "."
                        + bytes(random);
        };
    }

    private static String bytes(Random random) {
        byte[] content = new byte[random.nextInt(200)];
        random.nextBytes(content);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(content);
    }

    @Test
    void learnsNewKeysAndForgetsOldOnes() {
        try (KeyServer other = new KeyServer()) {
            JwtVerifier rotating = other.verifier().build();
            String old = other.token();
            assertThat(await(rotating.verify(old))).isPresent();
            RSAKey next = KeyServer.rsa("rsa-2");
            other.publish(next);

            assertThat(await(rotating.verify(signed(next, JWSAlgorithm.RS256, claims().build()))))
                    .isPresent();
            assertThat(await(rotating.verify(old))).isEmpty();
        }
    }

    @Test
    void failsWhileItHasNoKeysAndKeepsThoseThatItHas() {
        try (KeyServer other = new KeyServer()) {
            String good = other.token();
            other.goDown(true);
            JwtVerifier without = other.verifier().build();
            assertThatThrownBy(() -> await(without.verify(good)))
                    .isInstanceOf(TokensUnavailableException.class)
                    .hasMessageNotContaining(good);
            other.goDown(false);
            JwtVerifier with = other.verifier().build();
            assertThat(await(with.verify(good))).isPresent();
            other.goDown(true);

            assertThat(await(with.verify(good))).isPresent();
            assertThat(await(with.verify(signed(KeyServer.rsa("x"), JWSAlgorithm.RS256, claims().build()))))
                    .isEmpty();
        }
    }

    /** Each byte arrives in time, and all of them too late. */
    @Test
    void boundsTheDownloadOfKeysAsAWhole() throws IOException {
        HttpServer slow = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        slow.createContext("/", exchange -> {
            exchange.sendResponseHeaders(200, 0);
            try (OutputStream body = exchange.getResponseBody()) {
                for (int i = 0; i < 10_000; i++) {
                    body.write(' ');
                    body.flush();
                    Thread.sleep(10);
                }
            } catch (InterruptedException e) {
                throw new IOException(e);
            }
        });
        slow.start();
        URL url = new URL("http://127.0.0.1:" + slow.getAddress().getPort() + "/");
        KeyDownload download = new KeyDownload(Duration.ofSeconds(60), Duration.ofMillis(200));

        assertThatThrownBy(() -> download.retrieveResource(url))
                .isInstanceOf(IOException.class)
                .hasMessage("the keys were not read within 200 ms");

        slow.stop(0);
    }

    @Test
    void answers503WhileItHasNoKeysAnd401ToBadTokens() {
        try (KeyServer other = new KeyServer()) {
            Sessions<Account> up =
                    Sessions.of(new Accounts()).withTokens(other.verifier().build());
            Sessions<Account> down = Sessions.of(new Accounts())
                    .withTokens(JwtVerifier.of(URI.create("http://127.0.0.1:9/keys"))
                            .issuer(KeyServer.ISSUER)
                            .audience("chat")
                            .algorithms("RS256")
                            .build());
            try (RunningApplication application = RunningApplication.start(
                            "",
                            channels -> channels.beforeStart(
                                            system -> Database.get(system).useHandle(Accounts::create))
                                    .http(system -> Directives.concat(
                                            Directives.pathPrefix(
                                                    "up",
                                                    () -> up.session(
                                                            system,
                                                            session -> Directives.complete(
                                                                    LoginApplication.name(session.user())))),
                                            Directives.pathPrefix(
                                                    "down",
                                                    () -> down.session(
                                                            system, session -> Directives.complete("never"))))));
                    RecordedLog log = new RecordedLog("org.pekkochannels")) {
                String good = "Bearer " + other.token();
                Visitor client = new Visitor(application);

                assertThat(client.get("/up", "Authorization", good).body()).isEqualTo("Ada");
                assertThat(client.get("/up", "Authorization", good + "x").statusCode())
                        .isEqualTo(401);
                assertThat(client.get("/down", "Authorization", good).statusCode())
                        .isEqualTo(503);
                assertThat(log.await("tokens cannot be checked")).doesNotContain(other.token());
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"none", "NONE", "HS256", "RS1", "EdDSA", "", "rs256"})
    void refusesAlgorithmsThatAreNotSafe(String algorithm) {
        JwtVerifier.Builder builder = provider.verifier();

        assertThatThrownBy(() -> builder.algorithms(algorithm))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("RS256");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"http://login.example/keys", "ftp://127.0.0.1/keys", "/keys", "https:/keys", "file:///etc/passwd"
            })
    void refusesKeysThatCanBeChangedOnTheirWay(String url) {
        assertThatThrownBy(() -> JwtVerifier.of(URI.create(url)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("https://");
    }

    @Test
    void refusesSettingsThatWouldAcceptAnyToken() {
        JwtVerifier.Builder empty = JwtVerifier.of(provider.url());

        assertThatThrownBy(empty::build)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("issuer(..)");
        assertThatThrownBy(() -> empty.issuer("x").build()).hasMessageContaining("audience(..)");
        assertThatThrownBy(() -> empty.audience("x").build()).hasMessageContaining("algorithms(..)");
        assertThatThrownBy(() -> empty.issuer(" ")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> empty.clockSkew(Duration.ofMinutes(6))).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> empty.clockSkew(Duration.ofSeconds(-1))).isInstanceOf(IllegalArgumentException.class);
    }
}
