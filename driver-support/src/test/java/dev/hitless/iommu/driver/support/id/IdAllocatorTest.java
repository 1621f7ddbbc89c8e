package dev.hitless.iommu.driver.support.id;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hitless.iommu.api.Errno;
import dev.hitless.iommu.api.IommuException;
import dev.hitless.iommu.driver.support.FakeLock;
import dev.hitless.iommu.driver.support.id.IdAllocator.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class IdAllocatorTest {
    private static IdAllocator ids(Order order) {
        return new IdAllocator("domain id", 2, 5, order, new FakeLock());
    }

    @ParameterizedTest
    @EnumSource
    void handsOutEachIdOnceAndThenNone(Order order) {
        IdAllocator ids = ids(order);

        assertThat(new int[] {ids.allocate(), ids.allocate(), ids.allocate(), ids.allocate()})
                .containsExactly(2, 3, 4, 5);
        assertThatThrownBy(ids::allocate)
                .isInstanceOfSatisfying(
                        IommuException.class, e -> assertThat(e.errno()).isEqualTo(Errno.ENOSPC))
                .hasMessageContaining("all 4 domain ids (2..5) are taken");
        assertThat(ids.inUse()).isEqualTo(4);
    }

    @Test
    void lowestTakesTheOneGivenBackAndRoundRobinLetsItRest() {
        IdAllocator lowest = ids(Order.LOWEST);
        IdAllocator roundRobin = ids(Order.ROUND_ROBIN);
        lowest.free(lowest.allocate());
        roundRobin.free(roundRobin.allocate());

        assertThat(lowest.allocate()).isEqualTo(2);
        assertThat(roundRobin.allocate()).isEqualTo(3);
        assertThat(roundRobin.allocate()).isEqualTo(4);
        assertThat(roundRobin.allocate()).isEqualTo(5);
        assertThat(roundRobin.allocate()).isEqualTo(2);
    }

    @Test
    void reservedIdsAreNotHandedOut() {
        IdAllocator ids = ids(Order.LOWEST);
        ids.reserve(3);

        assertThat(ids.allocate()).isEqualTo(2);
        assertThat(ids.allocate()).isEqualTo(4);
        assertErrno(Errno.EBUSY, () -> ids.reserve(3));
        assertErrno(Errno.EINVAL, () -> ids.reserve(1));
        ids.free(3);
        assertThat(ids.allocate()).isEqualTo(3);
    }

    @Test
    void givingBackWhatIsNotTakenIsRefused() {
        IdAllocator ids = ids(Order.LOWEST);

        assertErrno(Errno.EINVAL, () -> ids.free(2));
        assertErrno(Errno.EINVAL, () -> ids.free(6));
        assertThatThrownBy(() -> new IdAllocator("ASID", 5, 4, Order.LOWEST, new FakeLock()))
                .hasMessageContaining("ASID");
    }

    private static void assertErrno(Errno errno, org.assertj.core.api.ThrowableAssert.ThrowingCallable call) {
        assertThatThrownBy(call).isInstanceOfSatisfying(IommuException.class, e -> assertThat(e.errno())
                .isEqualTo(errno));
    }
}
