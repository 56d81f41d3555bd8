package org.pekkochannels.identity;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSSigner;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** An identity provider: publishes keys, and signs tokens. Thread-safe. */
final class KeyServer implements AutoCloseable {
    static final String ISSUER = "https://login.example/";
    private static final int OK = 200;
    private static final int DOWN = 503;

    final RSAKey rsa;
    final ECKey ec;
    final AtomicInteger requests = new AtomicInteger();
    private final HttpServer server;
    private volatile List<JWK> published;
    private volatile boolean down;

    KeyServer() {
        try {
            rsa = rsa("rsa-1");
            ec = new ECKeyGenerator(Curve.P_256).keyID("ec-1").generate();
            published = List.of(rsa, ec);
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException | JOSEException e) {
            throw new AssertionError(e);
        }
        server.createContext("/keys", exchange -> {
            requests.incrementAndGet();
            byte[] body = new JWKSet(published).toString().getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().add("Content-Type", "application/json");
            exchange.sendResponseHeaders(down ? DOWN : OK, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        server.start();
    }

    static RSAKey rsa(String id) {
        try {
            return new RSAKeyGenerator(2048).keyID(id).generate();
        } catch (JOSEException e) {
            throw new AssertionError(e);
        }
    }

    URI url() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/keys");
    }

    void publish(JWK... keys) {
        published = List.of(keys);
    }

    void goDown(boolean gone) {
        down = gone;
    }

    JwtVerifier.Builder verifier() {
        return JwtVerifier.of(url()).issuer(ISSUER).audience("chat").algorithms("RS256", "ES256");
    }

    /** What a valid token says. */
    static JWTClaimsSet.Builder claims() {
        return new JWTClaimsSet.Builder()
                .issuer(ISSUER)
                .audience("chat")
                .subject("1")
                .expirationTime(Date.from(Instant.now().plus(Duration.ofHours(1))));
    }

    static String signed(JWK key, JWSAlgorithm algorithm, JWTClaimsSet claims) {
        return signed(
                key, new JWSHeader.Builder(algorithm).keyID(key.getKeyID()).build(), claims);
    }

    static String signed(JWK key, JWSHeader header, JWTClaimsSet claims) {
        try {
            JWSSigner signer = key instanceof RSAKey rsa ? new RSASSASigner(rsa) : new ECDSASigner(key.toECKey());
            SignedJWT token = new SignedJWT(header, claims);
            token.sign(signer);
            return token.serialize();
        } catch (JOSEException e) {
            throw new AssertionError(e);
        }
    }

    String token() {
        return signed(rsa, JWSAlgorithm.RS256, claims().build());
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
