package dev.hitless.iommu.core;

import static dev.hitless.iommu.core.CoreFixture.handle;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.when;

import dev.hitless.iommu.api.AddressSpace;
import dev.hitless.iommu.api.DomainType;
import dev.hitless.iommu.api.Errno;
import dev.hitless.iommu.api.IommuDevice;
import dev.hitless.iommu.api.IommuException;
import dev.hitless.iommu.api.Pasid;
import org.junit.jupiter.api.Test;

/** Bind and unbind of address spaces. */
class SharedAddressSpacesTest {
    private final CoreFixture fixture = new CoreFixture();
    private final IommuCore core = fixture.core;
    private final RecordingDriver driver = fixture.driver;
    private final IommuDevice device = fixture.device("a", 8);
    private final AddressSpace space = addressSpace("space");

    private static AddressSpace addressSpace(String name) {
        AddressSpace space = mock(AddressSpace.class);
        when(space.name()).thenReturn(name);
        return space;
    }

    private IommuDevice deviceOfOwnGroup(String name, int pasidBits) {
        return core.addDevice(core.createGroup(name), fixture.description(name, pasidBits, true));
    }

    @Test
    void bindingAgainGivesTheSameBondAndOnlyTheLastUnbindDetaches() {
        SvaBond bond = core.bindSva(device, space, null);
        assertThat(core.bindSva(device, space, null)).isSameAs(bond);
        assertThat(driver.takeCalls()).containsExactly("a PASID 0x1: blocked -> sva-space");
        assertThat(core.attachHandleGet(fixture.group, bond.pasid(), DomainType.SVA))
                .isNotNull();

        core.unbindSva(bond);
        assertThat(driver.takeCalls()).isEmpty();
        core.unbindSva(bond);

        assertThat(driver.takeCalls()).containsExactly("a PASID 0x1: sva-space -> blocked");
        assertThat(driver.freed).containsExactly("sva-space");
        assertThatThrownBy(() -> core.unbindSva(bond)).hasMessageStartingWith("EINVAL");
    }

    @Test
    void oneAddressSpaceHasOnePasidAndOneDomainOnAllDevicesOfADriver() {
        SvaBond here = core.bindSva(device, space, null);
        SvaBond there = core.bindSva(deviceOfOwnGroup("b", 8), space, null);
        SvaBond other = core.bindSva(device, addressSpace("other"), null);

        assertThat(there).isNotSameAs(here);
        assertThat(there.pasid()).isEqualTo(here.pasid());
        assertThat(there.domain()).isSameAs(here.domain());
        assertThat(other.pasid()).isEqualTo(Pasid.of(2));

        core.unbindSva(here);
        assertThat(driver.freed).isEmpty();
        core.unbindSva(there);
        assertThat(driver.freed).containsExactly("sva-space");
    }

    @Test
    void aDomainThatItsDriverCannotLetGoOfIsAWarningAndTheBondIsGone() {
        SvaBond bond = core.bindSva(device, space, null);
        driver.fail(device, driver.blockedDomain(), Errno.ETIMEDOUT);
        driver.unfreeable.add("sva-space");

        core.unbindSva(bond);

        assertThat(fixture.warnings).hasSize(2);
        assertThat(fixture.warnings.get(1)).contains("sva-space is not freed");
        assertThatThrownBy(() -> core.unbindSva(bond)).hasMessageStartingWith("EINVAL");
        driver.recover(device, driver.blockedDomain());
        assertThat(core.bindSva(device, addressSpace("next"), null).pasid()).isEqualTo(Pasid.of(1));
    }

    @Test
    void aFreedPasidIsUsedAgain() {
        core.unbindSva(core.bindSva(device, space, null));

        assertThat(core.bindSva(device, addressSpace("next"), null).pasid()).isEqualTo(Pasid.of(1));
    }

    @Test
    void aDomainThatADeviceRefusesIsFollowedByANewOne() {
        SvaBond here = core.bindSva(device, space, null);
        IommuDevice picky = deviceOfOwnGroup("b", 8);
        boolean[] refused = {false};
        driver.duringSet = () -> {
            if (!refused[0]) {
                refused[0] = true;
                throw new IommuException(Errno.EINVAL, "not this one");
            }
        };

        SvaBond there = core.bindSva(picky, space, null);

        assertThat(there.domain()).isNotSameAs(here.domain());
        assertThat(there.pasid()).isEqualTo(here.pasid());
    }

    @Test
    void aFailedBindLeavesNothingBehind() {
        driver.duringSet = () -> {
            throw new IommuException(Errno.ENOSPC, "none left");
        };
        assertThatThrownBy(() -> core.bindSva(device, space, null)).hasMessageStartingWith("ENOSPC");
        assertThat(driver.freed).containsExactly("sva-space");
        driver.duringSet = () -> {};

        assertThat(core.bindSva(device, addressSpace("next"), null).pasid()).isEqualTo(Pasid.of(1));
    }

    @Test
    void refusalsNameTheReason() {
        IommuDevice stranger = driver.probe(fixture.description("stranger", 8, true));
        assertThatThrownBy(() -> core.bindSva(stranger, space, null)).hasMessageStartingWith("ENODEV");
        IommuDevice bridge = deviceOfOwnGroup("bridge", 0);
        assertThatThrownBy(() -> core.bindSva(bridge, space, null))
                .hasMessageStartingWith("ENOSPC")
                .hasMessageContaining("cannot send requests with PASID");

        IommuDevice small = deviceOfOwnGroup("small", 1);
        core.bindSva(small, space, null);
        assertThatThrownBy(() -> core.bindSva(small, addressSpace("next"), null))
                .hasMessageStartingWith("ENOSPC")
                .hasMessageContaining("no PASID that the device can use is left");

        AddressSpace high = addressSpace("high");
        core.bindSva(device, high, null);
        assertThatThrownBy(() -> core.bindSva(small, high, null)).hasMessageStartingWith("EOVERFLOW");
    }

    @Test
    void aPasidThatSomeoneElseAttachedIsBusy() {
        core.attachDevicePasid(fixture.one, device, Pasid.of(1), handle());

        assertThatThrownBy(() -> core.bindSva(device, space, null))
                .hasMessageStartingWith("EBUSY")
                .hasMessageContaining("one is attached at PASID 0x1");
    }
}
