package dev.hitless.iommu.core;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PageRequestStormTest {
    private static final int ROUNDS = 400;

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3, 4})
    @DisplayName(
            "in a storm of page requests each group is answered, before its handle is free, by the attachment it was sent to")
    void answered(long seed) throws InterruptedException {
        PageRequestStorm storm = new PageRequestStorm(seed, ROUNDS);
        assertThat(storm.run()).as("seed %d", seed).isEmpty();
        assertThat(storm.delivered()).isPositive();
    }
}
