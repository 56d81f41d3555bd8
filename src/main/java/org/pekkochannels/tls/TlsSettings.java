package org.pekkochannels.tls;

import com.typesafe.config.Config;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.KeyStoreException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.pekkochannels.settings.Settings;

/**
 * The keys of {@code channels.http.tls}. Immutable.
 *
 * @param credentials certificate and key
 * @param protocols the enabled TLS versions
 * @param reloadInterval the shortest time between two checks of the files
 */
public record TlsSettings(Credentials credentials, List<String> protocols, Duration reloadInterval) {
    // Java supports older versions, which are insecure.
    private static final List<String> PROTOCOLS = List.of("TLSv1.3", "TLSv1.2");

    /**
     * Reads and checks the keys and the files they name, whether TLS is enabled or not.
     *
     * @param config the whole configuration
     * @return the settings; empty if TLS is off
     */
    public static Optional<TlsSettings> of(Config config) {
        Settings settings = Settings.of(config, "channels.http.tls");
        boolean enabled = settings.flag("enabled");
        Optional<Credentials> credentials = credentials(settings);
        credentials.ifPresent(Credentials::load);
        List<String> protocols = protocols(settings);
        Duration reload = settings.duration("reload-interval", Duration.ofMillis(1), Duration.ofDays(1));
        if (enabled && credentials.isEmpty()) {
            throw settings.bad(
                    "enabled", "must be off unless key-store, or certificate and private-key, are set", "on");
        }
        return credentials.filter(found -> enabled).map(found -> new TlsSettings(found, protocols, reload));
    }

    private static Optional<Credentials> credentials(Settings settings) {
        Optional<Path> keyStore = path(settings, "key-store");
        Optional<Path> certificate = path(settings, "certificate");
        Optional<Path> privateKey = path(settings, "private-key");
        String type = keyStoreType(settings);
        String password = settings.text("key-store-password");
        if (keyStore.isPresent() && (certificate.isPresent() || privateKey.isPresent())) {
            throw settings.bad("key-store", "must be empty if certificate or private-key is set", show(keyStore));
        }
        if (certificate.isPresent() && privateKey.isEmpty()) {
            throw settings.bad(
                    "certificate", "must be set together with private-key, which is empty", show(certificate));
        }
        if (privateKey.isPresent() && certificate.isEmpty()) {
            throw settings.bad(
                    "private-key", "must be set together with certificate, which is empty", show(privateKey));
        }
        if (keyStore.isEmpty() && !password.isEmpty()) {
            throw settings.secret("key-store-password", "must be empty if key-store is empty");
        }
        return keyStore.<Credentials>map(file -> new KeyStoreFile(settings, file, type, password))
                .or(() -> certificate.map(file -> new PemFiles(settings, file, privateKey.orElseThrow())));
    }

    private static Optional<Path> path(Settings settings, String key) {
        String text = settings.text(key);
        try {
            return text.isBlank() ? Optional.empty() : Optional.of(Path.of(text));
        } catch (InvalidPathException e) {
            throw settings.bad(key, "must be a file", text);
        }
    }

    private static String show(Optional<Path> path) {
        return path.orElseThrow().toString();
    }

    private static String keyStoreType(Settings settings) {
        String type = settings.text("key-store-type");
        try {
            return KeyStore.getInstance(type).getType();
        } catch (KeyStoreException e) {
            throw settings.bad("key-store-type", "must be a type of key store that Java knows, PKCS12 or JKS", type);
        }
    }

    private static List<String> protocols(Settings settings) {
        List<String> protocols = settings.texts("protocols");
        if (protocols.isEmpty() || !PROTOCOLS.containsAll(protocols)) {
            throw settings.bad("protocols", "must be a list of some of " + PROTOCOLS, String.join(", ", protocols));
        }
        return protocols;
    }
}
