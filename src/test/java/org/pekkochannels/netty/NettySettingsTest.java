package org.pekkochannels.netty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.pekkochannels.settings.BoundsContract;
import org.pekkochannels.settings.Manual;

class NettySettingsTest extends BoundsContract {
    NettySettingsTest() {
        super("channels.netty");
    }

    @Override
    protected void read(Config root) {
        NettySettings.of(root);
    }

    @Test
    void hasDefaults() {
        assertThat(NettySettings.of(Manual.defaults()))
                .isEqualTo(new NettySettings(
                        NativeTransport.NIO, Runtime.getRuntime().availableProcessors(), false));
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "-1", "1025", "99999999999", "many", "1.5", "\"\""})
    void saysThatLoopsMayBeAuto(String loops) {
        Config root =
                ConfigFactory.parseString("channels.netty.loops = " + loops).withFallback(Manual.defaults());

        assertThatExceptionOfType(ConfigException.class)
                .isThrownBy(() -> NettySettings.of(root))
                .withMessageContaining("'channels.netty.loops'")
                .withMessageEndingWith(
                        "must be 'auto' or a whole number from 1 to 1024, was '" + loops.replace("\"", "") + "'");
    }
}
