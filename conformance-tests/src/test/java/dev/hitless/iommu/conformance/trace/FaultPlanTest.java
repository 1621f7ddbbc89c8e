package dev.hitless.iommu.conformance.trace;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class FaultPlanTest {
    private final FaultPlan plan = new FaultPlan();

    @Test
    void armedWithZeroItOnlyCounts() {
        plan.arm(0);

        assertThat(plan.failsNow("one")).isFalse();
        assertThat(plan.failsNow("two")).isFalse();
        assertThat(plan.calls()).isEqualTo(2);
        assertThat(plan.injected()).isEmpty();
    }

    @Test
    void exactlyTheNthCallFails() {
        plan.arm(2);

        assertThat(plan.failsNow("one")).isFalse();
        assertThat(plan.failsNow("two")).isTrue();
        assertThat(plan.failsNow("three")).isFalse();
        assertThat(plan.injected()).containsExactly("two");
    }
}
