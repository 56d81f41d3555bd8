package org.pekkochannels.tls;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.util.Base64;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/** A self-signed certificate for 127.0.0.1 that the JDK's keytool made, as a key store and as PEM files. */
public record TestCertificate(Path keyStore, Path certificate, Path privateKey) {
    public static final String PASSWORD = "hunter2-secret";
    private static final Base64.Encoder MIME = Base64.getMimeEncoder(64, new byte[] {'\n'});

    /** Makes one in a directory, as files of that name. */
    public static TestCertificate make(Path directory, String name, String keyAlgorithm) throws Exception {
        return make(directory, name, keyAlgorithm, "-1M");
    }

    /** One that is valid for 60 days from a time on, as keytool writes it. */
    public static TestCertificate make(Path directory, String name, String keyAlgorithm, String from) throws Exception {
        Path keyStore = directory.resolve(name + ".p12");
        Process keytool = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "keytool")
                                .toString(),
                        "-genkeypair",
                        "-keyalg",
                        keyAlgorithm,
                        "-alias",
                        "server",
                        "-dname",
                        "CN=" + name,
                        "-ext",
                        "san=ip:127.0.0.1,ip:::1,dns:localhost",
                        "-startdate",
                        from,
                        "-validity",
                        "60",
                        "-storetype",
                        "PKCS12",
                        "-storepass",
                        PASSWORD,
                        "-keystore",
                        keyStore.toString())
                .redirectErrorStream(true)
                .start();
        String said = new String(keytool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(keytool.waitFor(60, TimeUnit.SECONDS) && keytool.exitValue() == 0)
                .as(said)
                .isTrue();
        TestCertificate made =
                new TestCertificate(keyStore, directory.resolve(name + ".crt"), directory.resolve(name + ".key"));
        KeyStore store = made.open();
        pem(made.certificate, "CERTIFICATE", store.getCertificate("server").getEncoded());
        pem(
                made.privateKey,
                "PRIVATE KEY",
                store.getKey("server", PASSWORD.toCharArray()).getEncoded());
        return made;
    }

    private static void pem(Path file, String what, byte[] bytes) throws IOException {
        Files.writeString(
                file, "-----BEGIN " + what + "-----\n" + MIME.encodeToString(bytes) + "\n-----END " + what + "-----\n");
    }

    public String keyStoreConfig() {
        return "channels.http.tls { enabled = on, key-store = \"" + keyStore + "\", key-store-password = \"" + PASSWORD
                + "\" }\n";
    }

    public String pemConfig() {
        return "channels.http.tls { enabled = on, certificate = \"" + certificate + "\", private-key = \"" + privateKey
                + "\" }\n";
    }

    public X509Certificate x509() throws IOException, GeneralSecurityException {
        return (X509Certificate) open().getCertificate("server");
    }

    /** What a client needs to trust it. */
    public SSLContext client() throws IOException, GeneralSecurityException {
        KeyStore trusted = KeyStore.getInstance("PKCS12");
        trusted.load(null, null);
        trusted.setCertificateEntry("server", x509());
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(trusted);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, trust.getTrustManagers(), null);
        return context;
    }

    private KeyStore open() throws IOException, GeneralSecurityException {
        try (InputStream bytes = Files.newInputStream(keyStore)) {
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(bytes, PASSWORD.toCharArray());
            return store;
        }
    }
}
