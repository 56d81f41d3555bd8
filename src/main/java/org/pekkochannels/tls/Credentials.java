package org.pekkochannels.tls;

import java.nio.file.Path;
import java.security.KeyStore;
import java.util.List;

/** Where the server's certificate and private key come from. */
interface Credentials {
    /** The files, to see whether they have changed. */
    List<Path> files();

    /**
     * Reads the files.
     *
     * @return a key store with a private key and its certificates; fails with
     *     {@link com.typesafe.config.ConfigException} naming the key of what cannot be used
     */
    KeyStore load();

    /** What protects the private key in the key store that was loaded. */
    char[] password();
}
