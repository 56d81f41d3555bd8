package org.pekkochannels.identity;

import com.nimbusds.jose.util.Resource;
import com.nimbusds.jose.util.ResourceRetriever;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.pekkochannels.concurrent.Ticker;

/**
 * Downloads the keys of an identity provider. Thread-safe.
 *
 * <p>The library's own download only bounds the pause between two bytes, so a slow server could hold a thread that checks tokens for hours.
 *
 * @param pause the longest pause before the connection is there, and between two reads
 * @param longest the longest time for the body
 */
record KeyDownload(Duration pause, Duration longest) implements ResourceRetriever {
    private static final int MOST_BYTES = 256 * 1024;

    @Override
    public Resource retrieveResource(URL url) throws IOException {
        HttpURLConnection connection = (HttpURLConnection) url.openConnection();
        connection.setConnectTimeout(Math.toIntExact(pause.toMillis()));
        connection.setReadTimeout(Math.toIntExact(pause.toMillis()));
        try (InputStream body = connection.getInputStream()) {
            int status = connection.getResponseCode();
            if (status < HttpURLConnection.HTTP_OK || status >= HttpURLConnection.HTTP_MULT_CHOICE) {
                throw new IOException("HTTP " + status + ": " + connection.getResponseMessage());
            }
            return new Resource(read(body), connection.getContentType());
        } catch (IOException e) {
            connection.disconnect();
            throw e;
        }
    }

    private String read(InputStream body) throws IOException {
        long begun = Ticker.SYSTEM.read();
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        byte[] part = new byte[8192];
        for (int size = body.read(part); size >= 0; size = body.read(part)) {
            all.write(part, 0, size);
            if (all.size() > MOST_BYTES) {
                throw new IOException("the keys have more than " + MOST_BYTES + " bytes");
            }
            if (Ticker.SYSTEM.read() - begun > longest.toNanos()) {
                throw new IOException("the keys were not read within " + longest.toMillis() + " ms");
            }
        }
        return all.toString(StandardCharsets.UTF_8);
    }
}
