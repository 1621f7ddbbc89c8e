package dev.hitless.iommu.driver.support.skeleton;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.Mockito.doThrow;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.never;
import static org.mockito.Mockito.verify;
import static org.mockito.Mockito.when;

import dev.hitless.iommu.api.AddressSpace;
import dev.hitless.iommu.api.Capability;
import dev.hitless.iommu.api.DriverCapabilities;
import dev.hitless.iommu.api.Errno;
import dev.hitless.iommu.api.IommuDevice;
import dev.hitless.iommu.api.IommuDomain;
import dev.hitless.iommu.api.IommuException;
import dev.hitless.iommu.api.NestedConfig;
import dev.hitless.iommu.api.PageResponse;
import dev.hitless.iommu.api.PagingDomain;
import dev.hitless.iommu.api.PagingFormat;
import dev.hitless.iommu.api.Pasid;
import dev.hitless.iommu.api.ReplaceGuarantee;
import dev.hitless.iommu.api.Stage;
import dev.hitless.iommu.driver.support.device.DeviceRegistry;
import dev.hitless.iommu.driver.support.device.ProbedDevice;
import dev.hitless.iommu.driver.support.domain.AttachableDomain;
import dev.hitless.iommu.driver.support.event.PageRequests;
import dev.hitless.iommu.driver.support.replace.DomainReplacement;
import java.util.List;
import java.util.Set;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class UnitDriverTest {
    private static final Pasid PASID = Pasid.of(5);

    static class Device extends ProbedDevice<AttachableDomain> {
        Device() {
            super(null, null, null, null);
        }
    }

    interface Parent extends AttachableDomain, PagingDomain {}

    private final Fourth driver = new Fourth();
    private final Device device = mock(Device.class);
    private final AttachableDomain domain = ours(mock(AttachableDomain.class));

    private <T extends IommuDomain> T ours(T made) {
        when(made.driver()).thenReturn(driver);
        return made;
    }

    @SuppressWarnings("unchecked")
    private static final class Fourth extends UnitDriver<Device, AttachableDomain> {
        private final DeviceRegistry<Device> devices = mock(DeviceRegistry.class);
        private final DomainReplacement<Device, AttachableDomain> replacement = mock(DomainReplacement.class);
        private @Nullable PageRequests requests;
        private int faultsRead;

        Fourth() {
            super(
                    new DriverCapabilities(Set.of(Capability.PASID), List.of(), 8, Set.of(), Set.of()),
                    Device.class,
                    AttachableDomain.class);
        }

        @Override
        protected DeviceRegistry<Device> devices() {
            return devices;
        }

        @Override
        protected DomainReplacement<Device, AttachableDomain> replacement() {
            return replacement;
        }

        @Override
        protected @Nullable PageRequests pageRequests() {
            return requests;
        }

        @Override
        protected ReplaceGuarantee guarantee(
                Device device, Pasid pasid, AttachableDomain previous, AttachableDomain target) {
            return ReplaceGuarantee.HITLESS;
        }

        @Override
        public PagingDomain allocatePaging(PagingFormat format) {
            throw new UnsupportedOperationException();
        }

        @Override
        public IommuDomain allocateNested(PagingDomain parent, NestedConfig config) {
            return requireParent(parent, Parent.class, "another format");
        }

        @Override
        public IommuDomain allocateSva(AddressSpace addressSpace) {
            require(Capability.SVA, "there is none");
            throw new AssertionError("not refused");
        }

        @Override
        public IommuDomain identityDomain() {
            require(Capability.PASID, "there are none");
            return mock(IommuDomain.class);
        }

        @Override
        public IommuDomain blockedDomain() {
            return mock(IommuDomain.class);
        }

        @Override
        protected void serviceFaults() {
            faultsRead++;
        }

        @Override
        public void shutDown() {}
    }

    private static void refuses(Errno errno, ThrowingCallable call) {
        assertThatThrownBy(call).isInstanceOfSatisfying(IommuException.class, e -> assertThat(e.errno())
                .isEqualTo(errno));
    }

    @Test
    void onlyWhatIsPossibleIsPromised() {
        when(device.driver()).thenReturn(driver);
        assertThat(driver.replaceGuarantee(device, PASID, domain, domain)).isEqualTo(ReplaceGuarantee.HITLESS);

        assertThat(driver.replaceGuarantee(mock(IommuDevice.class), PASID, domain, domain))
                .isEqualTo(ReplaceGuarantee.UNSUPPORTED);
        assertThat(driver.replaceGuarantee(device, PASID, mock(AttachableDomain.class), domain))
                .isEqualTo(ReplaceGuarantee.UNSUPPORTED);
        AttachableDomain freed = ours(mock(AttachableDomain.class));
        doThrow(new IommuException(Errno.EINVAL, "freed")).when(freed).requireNotFreed();
        assertThat(driver.replaceGuarantee(device, PASID, domain, freed)).isEqualTo(ReplaceGuarantee.UNSUPPORTED);
    }

    @Test
    void whatIsNotClaimedIsRefused() {
        refuses(Errno.EOPNOTSUPP, () -> driver.allocateSva(mock(AddressSpace.class)));
        assertThat(driver.identityDomain()).isNotNull();
    }

    @Test
    void onlyNestingParentsAreParents() {
        Parent parent = ours(mock(Parent.class));
        when(parent.format()).thenReturn(format(false));
        refuses(Errno.EINVAL, () -> driver.allocateNested(parent, mock(NestedConfig.class)));
        when(parent.format()).thenReturn(format(true));
        assertThat(driver.allocateNested(parent, mock(NestedConfig.class))).isSameAs(parent);
        verify(parent).requireNotFreed();
        refuses(Errno.EINVAL, () -> driver.allocateNested(mock(PagingDomain.class), mock(NestedConfig.class)));
    }

    private static PagingFormat format(boolean nestingParent) {
        return new PagingFormat(
                "4-level", "table", Stage.SECOND, 4, 48, 48, 1L << 12, true, true, nestingParent, false);
    }

    @Test
    void responsesGoToTheRequestsIfThereAreAny() {
        PageResponse response = new PageResponse(0x100, PASID, 1, PageResponse.Code.SUCCESS);
        refuses(Errno.ENOENT, () -> driver.respond(response));
        PageRequests requests = mock(PageRequests.class);
        driver.requests = requests;
        when(driver.devices.isReachable(0x100)).thenReturn(true);
        driver.respond(response);
        verify(requests).respond(response, true);
    }

    @Test
    void eventsAreFaultsAndPageRequestsIfThereAreAny() {
        driver.serviceEvents();
        assertThat(driver.faultsRead).isEqualTo(1);
        PageRequests requests = mock(PageRequests.class);
        driver.requests = requests;
        driver.serviceEvents();
        assertThat(driver.faultsRead).isEqualTo(2);
        verify(requests).service();
    }

    @Test
    void whatAnotherProbedIsNotReleased() {
        refuses(Errno.EINVAL, () -> driver.release(mock(IommuDevice.class)));
        verify(driver.devices, never()).release(any());
    }
}
