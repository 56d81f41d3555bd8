package org.pekkochannels.tls;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.pekkochannels.settings.Settings;

/** A certificate chain and its private key as two PEM files. Immutable. */
final class PemFiles implements Credentials {
    private static final String CERTIFICATE = "certificate";
    private static final String PRIVATE_KEY = "private-key";
    private static final String KEY_RULE =
            "must be a PEM file with an unencrypted PKCS#8 key (BEGIN PRIVATE KEY; others:"
                    + " openssl pkcs8 -topk8 -nocrypt)";
    private static final Pattern KEY =
            Pattern.compile("-----BEGIN PRIVATE KEY-----([A-Za-z0-9+/=\\s]+)-----END PRIVATE KEY-----");
    // The key store built from the files stays in memory and is not shared.
    private static final char[] NO_PASSWORD = {};

    private final Settings settings;
    private final Path certificate;
    private final Path privateKey;

    PemFiles(Settings settings, Path certificate, Path privateKey) {
        this.settings = settings;
        this.certificate = certificate;
        this.privateKey = privateKey;
    }

    @Override
    public List<Path> files() {
        return List.of(certificate, privateKey);
    }

    @Override
    public KeyStore load() {
        Certificate[] chain = chain();
        PrivateKey key = key(chain[0].getPublicKey());
        try {
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(null, NO_PASSWORD);
            store.setKeyEntry("channels", key, NO_PASSWORD, chain);
            return store;
        } catch (IOException | GeneralSecurityException e) {
            throw settings.bad(
                    CERTIFICATE,
                    "must be a chain that begins with the server's (" + why(e) + ")",
                    certificate.toString());
        }
    }

    @Override
    public char[] password() {
        return NO_PASSWORD;
    }

    /** The reason for a failure, for a message that already names the file. */
    static String why(Exception e) {
        if (e instanceof NoSuchFileException) {
            return "the file does not exist";
        }
        if (e instanceof AccessDeniedException) {
            return "the server has no permission to read it";
        }
        return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
    }

    private Certificate[] chain() {
        String why = "it contains none";
        try (InputStream pem = Files.newInputStream(certificate)) {
            Certificate[] chain = CertificateFactory.getInstance("X.509")
                    .generateCertificates(pem)
                    .toArray(Certificate[]::new);
            if (chain.length > 0) {
                return chain;
            }
        } catch (IOException | CertificateException e) {
            why = why(e);
        }
        throw settings.bad(
                CERTIFICATE,
                "must be a PEM file with the server's certificate first (" + why + ")",
                certificate.toString());
    }

    private PrivateKey key(PublicKey owner) {
        try {
            Matcher pem = KEY.matcher(Files.readString(privateKey, StandardCharsets.ISO_8859_1));
            if (!pem.find()) {
                throw settings.bad(PRIVATE_KEY, KEY_RULE, privateKey.toString());
            }
            byte[] bytes = Base64.getMimeDecoder().decode(pem.group(1));
            PrivateKey key =
                    KeyFactory.getInstance(owner.getAlgorithm()).generatePrivate(new PKCS8EncodedKeySpec(bytes));
            if (isPair(key, owner)) {
                return key;
            }
        } catch (IOException | IllegalArgumentException e) {
            throw settings.bad(PRIVATE_KEY, KEY_RULE + " (" + why(e) + ")", privateKey.toString());
        } catch (GeneralSecurityException e) {
            // The key is of another kind than the certificate's. The exception's message is not shown, because it may
            // reveal parts of the
            // key.
        }
        throw settings.bad(
                PRIVATE_KEY, "must be the key of the first certificate in certificate", privateKey.toString());
    }

    private static boolean isPair(PrivateKey key, PublicKey owner) throws GeneralSecurityException {
        Signature signature = Signature.getInstance(
                switch (owner.getAlgorithm()) {
                    case "RSA" -> "SHA256withRSA";
                    case "EC" -> "SHA256withECDSA";
                    default -> owner.getAlgorithm();
                });
        byte[] anything = {1, 2, 3};
        signature.initSign(key);
        signature.update(anything);
        byte[] signed = signature.sign();
        signature.initVerify(owner);
        signature.update(anything);
        return signature.verify(signed);
    }
}
