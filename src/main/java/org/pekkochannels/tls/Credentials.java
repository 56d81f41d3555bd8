package org.pekkochannels.tls;

import java.nio.file.Path;
import java.security.KeyStore;
import java.util.List;

/** The source of the server's certificate and private key. */
interface Credentials {
    /** The files, whose changes cause a reload. */
    List<Path> files();

    /**
     * Reads the files.
     *
     * @return a key store with a private key and its certificates; fails with {@link com.typesafe.config.ConfigException} naming the key of
     *     the unusable file
     */
    KeyStore load();

    /** The password of the private key in the loaded key store. */
    char[] password();
}
