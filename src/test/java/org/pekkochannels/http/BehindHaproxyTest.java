package org.pekkochannels.http;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.condition.EnabledIf;

/** An application behind a real HAProxy, where that is installed. */
@EnabledIf(
        value = "org.pekkochannels.http.ReverseProxy#isHaproxyInstalled",
        disabledReason = "Debian's HAProxy is not installed: apt-get install haproxy")
final class BehindHaproxyTest extends BehindProxyContract {
    @Override
    ReverseProxy proxy(Path directory, int applicationPort) throws IOException {
        return ReverseProxy.haproxy(directory, applicationPort);
    }
}
