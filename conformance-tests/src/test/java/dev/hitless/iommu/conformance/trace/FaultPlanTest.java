package dev.hitless.iommu.conformance.trace;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class FaultPlanTest {
    private final FaultPlan plan = new FaultPlan();

    @Test
    void armedWithZeroItOnlyCounts() {
        plan.arm(0);

        assertThat(plan.failsNow(Fault.REJECTED, "one")).isFalse();
        assertThat(plan.failsNow(Fault.LOST, "one")).isFalse();
        assertThat(plan.calls()).isEqualTo(2);
        assertThat(plan.injected()).isEmpty();
    }

    @Test
    void exactlyTheNthCallFails() {
        plan.arm(2);

        assertThat(plan.failsNow(Fault.NO_MEMORY, "one")).isFalse();
        assertThat(plan.failsNow(Fault.REJECTED, "two")).isTrue();
        assertThat(plan.failsNow(Fault.LOST, "two")).isFalse();
        assertThat(plan.injected()).containsExactly("rejected: two");
    }

    @Test
    void armedForOneFaultItCountsOnlyCallsThatCanFailLikeThat() {
        plan.arm(Fault.LOST, 2);

        assertThat(plan.failsNow(Fault.LOST, "one")).isFalse();
        assertThat(plan.failsNow(Fault.REJECTED, "two")).isFalse();
        assertThat(plan.failsNow(Fault.LOST, "two")).isTrue();
        assertThat(plan.failsNow(Fault.LOST, "three")).isFalse();
        assertThat(plan.calls()).isEqualTo(3);
        assertThat(plan.injected()).containsExactly("lost: two");
    }

    @Test
    void aFaultThatLastsGoesOnUntilDisarmedAndIsNamedOnce() {
        plan.arm(Fault.HUNG, 2);

        assertThat(plan.failsNow(Fault.HUNG, "one")).isFalse();
        assertThat(plan.failsNow(Fault.HUNG, "two")).isTrue();
        assertThat(plan.failsNow(Fault.HUNG, "three")).isTrue();
        plan.disarm();
        assertThat(plan.failsNow(Fault.HUNG, "four")).isFalse();
        assertThat(plan.injected()).containsExactly("hung: two");
    }
}
