package org.pekkochannels.edge;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Constructor;
import java.lang.reflect.Modifier;
import org.apache.pekko.http.impl.engine.server.UpgradeToOtherProtocolResponseHeader;
import org.apache.pekko.http.scaladsl.model.HttpHeader;
import org.apache.pekko.stream.scaladsl.Flow;
import org.junit.jupiter.api.Test;

/** Fails loudly, and before users do, when an upgrade of Pekko HTTP moves its one internal class that we use. */
class WebSocketTakeoverTest {
    @Test
    void findsTheInternalHeaderAsItWas() {
        Class<?> header = UpgradeToOtherProtocolResponseHeader.class;
        Constructor<?>[] constructors = header.getConstructors();

        assertThat(HttpHeader.class).isAssignableFrom(header);
        assertThat(Modifier.isPublic(header.getModifiers())).isTrue();
        assertThat(constructors).hasSize(1);
        assertThat(constructors[0].getParameterTypes()).containsExactly(Flow.class);
        assertThat(header.getSimpleName()).isEqualTo("UpgradeToOtherProtocolResponseHeader");
    }
}
