package org.pekkochannels.concurrent;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

class LambdaOwnerTest {
    private static final Supplier<String> ANONYMOUS = new Supplier<>() {
        @Override
        public String get() {
            return "";
        }
    };

    @Test
    void isTheClassThatContainsALambdaOrAMethodReference() {
        Supplier<String> lambda = () -> "";
        Supplier<String> reference = this::toString;

        assertThat(LambdaOwner.of(lambda)).contains(LambdaOwnerTest.class.getName());
        assertThat(LambdaOwner.of(reference)).contains(LambdaOwnerTest.class.getName());
    }

    @Test
    void isEmptyForAnotherObject() {
        assertThat(LambdaOwner.of(ANONYMOUS)).isEmpty();
        assertThat(LambdaOwner.of("")).isEmpty();
    }
}
