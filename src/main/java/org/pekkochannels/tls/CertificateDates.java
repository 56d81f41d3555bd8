package org.pekkochannels.tls;

import java.nio.file.Path;
import java.security.KeyStore;
import java.security.KeyStoreException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.pekkochannels.concurrent.SafeLog;

/** The validity periods of the server's certificates. Used by one thread at a time: the one that checks the files. */
final class CertificateDates {
    private static final SafeLog LOG = SafeLog.of(CertificateDates.class);

    private final List<Path> files;
    private final List<X509Certificate> unwarned;

    private CertificateDates(List<Path> files, List<X509Certificate> certificates) {
        this.files = files;
        this.unwarned = certificates;
    }

    /** The dates of the server's own certificates, each the first of its chain. */
    static CertificateDates of(KeyStore store, List<Path> files) {
        List<X509Certificate> found = new ArrayList<>();
        try {
            for (String alias : Collections.list(store.aliases())) {
                if (store.isKeyEntry(alias) && store.getCertificate(alias) instanceof X509Certificate certificate) {
                    found.add(certificate);
                }
            }
        } catch (KeyStoreException e) {
            throw new IllegalStateException("channels.http.tls cannot be used: " + e.getMessage(), e);
        }
        return new CertificateDates(files, found);
    }

    /** Warns once of each certificate that clients reject at that time. */
    void warn(Instant now) {
        unwarned.removeIf(certificate -> isRejected(certificate, now));
    }

    private boolean isRejected(X509Certificate certificate, Instant now) {
        Instant first = certificate.getNotBefore().toInstant();
        Instant last = certificate.getNotAfter().toInstant();
        if (now.isAfter(last)) {
            warn("has expired on " + last);
        } else if (now.isBefore(first)) {
            warn("is not valid before " + first);
        }
        return now.isAfter(last) || now.isBefore(first);
    }

    private void warn(String fault) {
        LOG.warn(
                "channels.http.tls: the certificate of {} {}, so clients reject it; renew the files, which are read again"
                        + " within reload-interval",
                files,
                fault);
    }
}
