package dev.hitless.iommu.driver.support.replace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.mockito.ArgumentMatchers.contains;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.never;
import static org.mockito.Mockito.times;
import static org.mockito.Mockito.verify;
import static org.mockito.Mockito.when;

import dev.hitless.iommu.api.Errno;
import dev.hitless.iommu.api.IommuDevice;
import dev.hitless.iommu.api.IommuDomain;
import dev.hitless.iommu.api.IommuDriver;
import dev.hitless.iommu.api.IommuException;
import dev.hitless.iommu.api.Pasid;
import dev.hitless.iommu.api.ReplacePlan;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

class DomainReplacementTest {
    private static final Pasid PASID = Pasid.of(5);

    private final Bench bench = new Bench();
    private final Bench.Paging first = bench.newPaging("first");
    private final Bench.Paging second = bench.newPaging("second");

    private static void refuses(Errno errno, ThrowingCallable call) {
        assertThatThrownBy(call).isInstanceOfSatisfying(IommuException.class, e -> assertThat(e.errno())
                .isEqualTo(errno));
    }

    @Test
    void theNewDomainKnowsItsUserBeforeTheSwitchAndTheOldOneUntilAfterIt() {
        first.setDevPasid(bench.device, PASID, bench.blocked);
        second.setDevPasid(bench.device, PASID, first);

        assertThat(bench.log)
                .containsSubsequence(
                        "tables taken",
                        "prepare",
                        "switch first to second, which knows",
                        "drain first",
                        "tables given back");
        assertThat(bench.isUser(first)).isFalse();
        assertThat(bench.device.attachments().current(PASID)).isSameAs(second);
        verify(bench.events, times(2)).planned("nic", PASID, ReplacePlan.IN_PLACE);
    }

    @Test
    void aDomainInItsOwnPlaceChangesNothing() {
        first.setDevPasid(bench.device, PASID, bench.blocked);
        bench.log.clear();
        first.setDevPasid(bench.device, PASID, first);
        assertThat(bench.log).isEmpty();
    }

    @Test
    void whatIsRefusedChangesNothing() {
        refuses(Errno.EINVAL, () -> first.setDevPasid(bench.device, PASID, second));
        refuses(Errno.EINVAL, () -> first.setDevPasid(bench.device, Pasid.of(256), bench.blocked));
        refuses(Errno.EOPNOTSUPP, () -> first.setDevPasid(bench.new Device(0), PASID, bench.blocked));
        bench.replacement.misfit = first;
        refuses(Errno.EOPNOTSUPP, () -> first.setDevPasid(bench.device, PASID, bench.blocked));

        assertThat(bench.log).isEmpty();
        assertThat(bench.isUser(first)).isFalse();
    }

    @Test
    void whatAnotherDriverMadeIsRefused() {
        IommuDevice foreignDevice = mock(IommuDevice.class);
        IommuDomain foreignDomain = mock(IommuDomain.class);
        when(foreignDomain.driver()).thenReturn(mock(IommuDriver.class));
        refuses(Errno.EINVAL, () -> first.setDevPasid(foreignDevice, PASID, bench.blocked));
        refuses(Errno.EINVAL, () -> first.setDevPasid(bench.device, PASID, foreignDomain));
    }

    @Test
    void ifNothingCanBeAllocatedTheNewDomainHasNoUser() {
        bench.failing = "prepare";
        refuses(Errno.ETIMEDOUT, () -> first.setDevPasid(bench.device, PASID, bench.blocked));

        assertThat(bench.isUser(first)).isFalse();
        assertThat(bench.device.interrupted().concern(PASID)).isFalse();
        assertThat(bench.log).doesNotContain("block");
    }

    @Test
    void aChangeThatStopsHalfWayIsBlockedAndBothDomainsKeepTheUserUntilOneGetsThrough() {
        first.setDevPasid(bench.device, PASID, bench.blocked);
        bench.failing = "switch";
        refuses(Errno.ETIMEDOUT, () -> second.setDevPasid(bench.device, PASID, first));

        assertThat(bench.log).contains("block");
        assertThat(bench.isUser(first)).isTrue();
        assertThat(bench.isUser(second)).isTrue();
        assertThat(bench.device.attachments().current(PASID)).isSameAs(bench.blocked);
        assertThat(bench.device.interrupted().lingering(PASID)).containsExactly(first, second);
        verify(bench.events).warning(contains("nic, PASID 0x5: blocked"));

        bench.failing = "";
        bench.blocked.setDevPasid(bench.device, PASID, first);
        assertThat(bench.isUser(first)).isFalse();
        assertThat(bench.isUser(second)).isFalse();
        assertThat(bench.device.interrupted().concern(PASID)).isFalse();
    }

    @Test
    void aDomainThatHardwareMayStillKnowCanBeFreedOnceHardwareForgets() {
        bench.failing = "switch";
        refuses(Errno.ETIMEDOUT, () -> first.setDevPasid(bench.device, PASID, bench.blocked));
        refuses(Errno.EBUSY, first::free);

        bench.failing = "";
        first.free();
        assertThat(bench.log).contains("release first");
    }

    @Test
    void aChangeOfWhichHardwareSawNothingIsTakenBackWithoutBlocking() {
        bench.failing = "switch";
        bench.oldInForce = true;
        refuses(Errno.ETIMEDOUT, () -> first.setDevPasid(bench.device, PASID, bench.blocked));

        assertThat(bench.log).doesNotContain("block");
        assertThat(bench.isUser(first)).isFalse();
        assertThat(bench.device.interrupted().concern(PASID)).isTrue();
    }

    @Test
    void pageRequestsThatCannotBeDrainedBlockTheChangeToo() {
        bench.failing = "drain";
        refuses(Errno.ETIMEDOUT, () -> first.setDevPasid(bench.device, PASID, bench.blocked));
        assertThat(bench.log).contains("block");
    }

    @Test
    void aDeadDomainIsFencedWhereItIsStillAttached() {
        first.setDevPasid(bench.device, PASID, bench.blocked);
        bench.log.clear();
        bench.replacement.fence(bench.device, PASID, second);
        assertThat(bench.log).isEmpty();

        bench.replacement.fence(bench.device, PASID, first);
        assertThat(bench.log).contains("switch first to first, which knows").doesNotContain("block");
        assertThat(bench.device.attachments().current(PASID)).isSameAs(first);
        verify(bench.events, never()).warning(contains("may still reach"));

        bench.failing = "switch";
        bench.replacement.fence(bench.device, PASID, first);
        assertThat(bench.log).contains("block");
        verify(bench.events).warning(contains("DMA may still reach first"));
    }
}
