package dev.hitless.iommu.core;

import static dev.hitless.iommu.core.CoreFixture.PASID;
import static dev.hitless.iommu.core.CoreFixture.handle;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hitless.iommu.api.Errno;
import dev.hitless.iommu.api.IommuDevice;
import dev.hitless.iommu.api.Pasid;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A device is reset (rule CORE-10). */
class DeviceRecoveryTest {
    private static final Pasid OTHER = Pasid.of(6);

    private final CoreFixture fixture = new CoreFixture();
    private final IommuCore core = fixture.core;
    private final RecordingDriver driver = fixture.driver;
    private final IommuDevice device = fixture.device("a", 8);
    private final IommuDevice neighbour = fixture.device("b", 8);
    private final AttachHandle handle = handle();

    @BeforeEach
    void attach() {
        core.attachGroupHandle(fixture.two, fixture.group, handle());
        core.attachDevicePasid(fixture.one, device, PASID, handle);
        core.attachDevicePasid(fixture.two, device, OTHER, handle());
        driver.takeCalls();
    }

    @Test
    void theDeviceAloneIsBlockedAndComesBackRequestsWithoutPasidFirst() {
        core.prepareRecovery(device);
        assertThat(driver.takeCalls())
                .containsExactly(
                        "a no PASID: two -> blocked", "a PASID 0x5: one -> blocked", "a PASID 0x6: two -> blocked");

        core.recoveryDone(device);
        assertThat(driver.takeCalls())
                .containsExactly(
                        "a no PASID: blocked -> two", "a PASID 0x5: blocked -> one", "a PASID 0x6: blocked -> two");
        assertThat(driver.domainOf(neighbour, PASID)).isSameAs(fixture.one);
        assertThat(fixture.warnings).isEmpty();
    }

    @Test
    void whatIsBlockedForTheResetCanBeSeen() {
        core.prepareRecovery(device);

        List<DeviceSnapshot> devices = fixture.group.snapshot().devices();
        assertThat(devices.get(0).deviations())
                .extracting(AttachmentSnapshot::pasid)
                .containsExactly(Pasid.NONE, PASID, OTHER);
        assertThat(devices.get(1).deviations()).isEmpty();
    }

    @Test
    void theResetsOfTwoDevicesAreCountedApart() {
        core.prepareRecovery(device);
        core.prepareRecovery(neighbour);
        core.recoveryDone(device);
        assertThat(driver.domainOf(device, PASID)).isSameAs(fixture.one);
        assertThat(driver.domainOf(neighbour, PASID)).isNull();
        assertThatThrownBy(() -> core.replaceDevicePasid(fixture.two, device, PASID, handle()))
                .hasMessageStartingWith("EBUSY");

        core.recoveryDone(neighbour);

        core.replaceDevicePasid(fixture.two, device, PASID, handle());
        assertThat(driver.domainOf(neighbour, PASID)).isSameAs(fixture.two);
    }

    @Test
    void aDeviceThatLeavesDuringItsResetEndsIt() {
        core.detachDevicePasid(fixture.one, device, PASID);
        core.detachDevicePasid(fixture.two, device, OTHER);
        core.prepareRecovery(device);
        driver.takeCalls();

        core.removeDevice(device);

        assertThat(driver.takeCalls()).isEmpty();
        core.attachDevicePasid(fixture.one, neighbour, PASID, handle());
        assertThat(driver.takeCalls()).containsExactly("b PASID 0x5: blocked -> one");
    }

    @Test
    void meanwhileTheGroupKeepsItsRecordAndRefusesToChange() {
        core.prepareRecovery(device);

        assertThat(core.attachHandleGet(fixture.group, PASID, null)).isSameAs(handle);
        assertThat(fixture.group.ridDomain()).isSameAs(fixture.two);
        assertThat(fixture.group.snapshot().devices())
                .extracting(DeviceSnapshot::recovering)
                .containsExactly(true, false);
        assertThatThrownBy(() -> core.attachDevicePasid(fixture.one, neighbour, Pasid.of(7), handle()))
                .hasMessageStartingWith("EBUSY");
        assertThatThrownBy(() -> core.replaceDevicePasid(fixture.one, device, PASID, handle()))
                .hasMessageStartingWith("EBUSY");
        assertThatThrownBy(() -> fixture.device("late", 8)).hasMessageStartingWith("EBUSY");

        core.recoveryDone(device);
        core.replaceDevicePasid(fixture.two, device, PASID, handle());
        assertThat(driver.domainOf(device, PASID)).isSameAs(fixture.two);
    }

    @Test
    void whatIsDetachedMeanwhileStaysOff() {
        core.prepareRecovery(device);
        driver.takeCalls();

        core.detachDevicePasid(fixture.one, device, PASID);
        core.detachGroupHandle(fixture.two, fixture.group);
        assertThat(driver.takeCalls()).containsExactly("b PASID 0x5: one -> blocked", "b no PASID: two -> blocked");

        core.recoveryDone(device);
        assertThat(driver.takeCalls()).containsExactly("a PASID 0x6: blocked -> two");
    }

    @Test
    void nestedResetsEndWithTheOutermost() {
        core.prepareRecovery(device);
        core.prepareRecovery(device);
        core.recoveryDone(device);
        assertThat(driver.takeCalls()).hasSize(3);
        assertThatThrownBy(() -> core.attachDevicePasid(fixture.one, device, Pasid.of(7), handle()))
                .hasMessageStartingWith("EBUSY");

        core.recoveryDone(device);

        assertThat(driver.domainOf(device, PASID)).isSameAs(fixture.one);
    }

    @Test
    void aDriverThatCannotGoBackIsWarnedAboutAndStaysBlockedUntilTheNextChange() {
        core.prepareRecovery(device);
        driver.fail(device, fixture.one, Errno.EOPNOTSUPP);
        core.recoveryDone(device);
        driver.takeCalls();

        assertThat(fixture.warnings).singleElement().asString().contains("a, PASID 0x5 could not go back to one");
        core.replaceDevicePasid(fixture.two, device, PASID, handle());
        assertThat(driver.takeCalls()).containsExactly("a PASID 0x5: blocked -> two", "b PASID 0x5: one -> two");
    }

    @Test
    void aDriverThatCannotBlockRequestsWithoutPasidRefusesTheReset() {
        driver.fail(device, driver.blockedDomain(), Errno.ETIMEDOUT);

        assertThatThrownBy(() -> core.prepareRecovery(device)).hasMessage("ETIMEDOUT: injected");

        assertThat(fixture.group.snapshot().devices().get(0).recovering()).isFalse();
    }

    @Test
    void aDeviceWithoutAtsNeedsNothing() {
        CoreFixture plain = new CoreFixture();
        IommuDevice simple = plain.core.addDevice(plain.group, plain.description("simple", 8, false));
        plain.core.attachDevicePasid(plain.one, simple, PASID, handle());
        plain.driver.takeCalls();

        plain.core.prepareRecovery(simple);
        plain.core.replaceDevicePasid(plain.two, simple, PASID, handle());
        plain.core.recoveryDone(simple);

        assertThat(plain.driver.takeCalls()).containsExactly("simple PASID 0x5: one -> two");
        assertThat(plain.warnings).isEmpty();
    }

    @Test
    void aStrangerIsRefusedAndAnEndWithoutBeginningIsAWarning() {
        IommuDevice stranger = driver.probe(fixture.description("stranger", 8, true));

        assertThatThrownBy(() -> core.prepareRecovery(stranger)).hasMessageStartingWith("ENODEV");
        core.recoveryDone(device);

        assertThat(fixture.warnings).hasSize(2);
        assertThat(driver.calls).isEmpty();
    }
}
