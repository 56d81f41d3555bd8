package org.pekkochannels.http;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.condition.EnabledIf;

/** An application behind a real nginx, where that is installed. */
@EnabledIf(
        value = "org.pekkochannels.http.ReverseProxy#isNginxInstalled",
        disabledReason = "Debian's nginx is not installed: apt-get install nginx-light")
final class BehindNginxTest extends BehindProxyContract {
    @Override
    ReverseProxy proxy(Path directory, int applicationPort) throws IOException {
        return ReverseProxy.nginx(directory, applicationPort);
    }
}
