package dev.hitless.iommu.hardware.vtd;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

class InvalidationQueueTest {
    private static final long GLOBAL_PASID_CACHE = 3 << 4 | 7;
    private static final long GLOBAL_IOTLB = 1 << 4 | 2;

    @Test
    void aWaitIsObservedWhenTheDriverLoadsItsStatus() {
        TestUnit unit = new TestUnit(Map.of()).start();
        unit.put(GLOBAL_PASID_CACHE, 0);
        unit.put(GLOBAL_IOTLB, 0);
        int expected = unit.putWait();
        unit.ring();
        assertThat(unit.bus.submitted).hasSize(2);
        assertThat(unit.bus.observed).isEmpty();
        assertThat(unit.poll()).isEqualTo(expected);
        assertThat(unit.bus.observed).containsExactly(0, 1);
        assertThat(unit.bus.complaints).isEmpty();
    }
}
