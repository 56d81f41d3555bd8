package org.pekkochannels.tls;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.UnrecoverableKeyException;
import java.util.Collections;
import java.util.List;
import org.pekkochannels.settings.Settings;

/** A key store with a certificate and its private key. Immutable. */
final class KeyStoreFile implements Credentials {
    private static final String FILE = "key-store";

    private final Settings settings;
    private final Path file;
    private final String type;
    private final String password;

    KeyStoreFile(Settings settings, Path file, String type, String password) {
        this.settings = settings;
        this.file = file;
        this.type = type;
        this.password = password;
    }

    @Override
    public List<Path> files() {
        return List.of(file);
    }

    @Override
    public KeyStore load() {
        KeyStore store = open();
        try {
            for (String alias : Collections.list(store.aliases())) {
                if (store.isKeyEntry(alias) && store.getKey(alias, password()) != null) {
                    return store;
                }
            }
        } catch (UnrecoverableKeyException e) {
            throw settings.secret("key-store-password", "must open the private key in key-store, as it does key-store");
        } catch (GeneralSecurityException e) {
            throw settings.bad(FILE, "must contain a usable private key (" + e.getMessage() + ")", name());
        }
        throw settings.bad(FILE, "must contain a private key with its certificate", name());
    }

    @Override
    public char[] password() {
        return password.toCharArray();
    }

    private KeyStore open() {
        try (InputStream bytes = Files.newInputStream(file)) {
            KeyStore store = KeyStore.getInstance(type);
            store.load(bytes, password());
            return store;
        } catch (IOException | GeneralSecurityException e) {
            if (e.getCause() instanceof UnrecoverableKeyException) {
                throw settings.secret("key-store-password", "must be the password of key-store '" + name() + "'");
            }
            throw settings.bad(
                    FILE, "must be a file that can be read as " + type + " (" + PemFiles.why(e) + ")", name());
        }
    }

    private String name() {
        return file.toString();
    }
}
