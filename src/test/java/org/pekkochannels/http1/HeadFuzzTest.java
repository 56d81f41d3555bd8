package org.pekkochannels.http1;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.util.Arrays;
import org.junit.jupiter.api.Tag;

/** Any bytes: a request that ends somewhere or a refusal, the same however they are cut, and never anything else. */
@Tag("fuzz")
class HeadFuzzTest {
    @FuzzTest(maxDuration = "3s")
    void readsTheSameHoweverTheBytesAreCut(byte[] bytes) {
        Reading whole = Reading.of(bytes, 0);

        assertThat(Reading.of(bytes, 1 + Arrays.hashCode(bytes)).isSame(whole)).isTrue();
        if (whole.isRequest()) {
            // Nothing after it was looked at.
            assertThat(Reading.of(Arrays.copyOf(bytes, whole.taken()), 0).isSame(whole))
                    .isTrue();
        }
    }
}
