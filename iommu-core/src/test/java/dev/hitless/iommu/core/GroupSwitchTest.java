package dev.hitless.iommu.core;

import static dev.hitless.iommu.core.CoreFixture.PASID;
import static dev.hitless.iommu.core.CoreFixture.handle;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hitless.iommu.api.DomainType;
import dev.hitless.iommu.api.Errno;
import dev.hitless.iommu.api.IommuDevice;
import dev.hitless.iommu.api.IommuException;
import dev.hitless.iommu.api.Pasid;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Several devices in a group, one of which fails (rules CORE-01, CORE-04 to CORE-07). */
class GroupSwitchTest {
    private static final int DEVICES = 4;

    private final CoreFixture fixture = new CoreFixture();
    private final IommuCore core = fixture.core;
    private final RecordingDriver driver = fixture.driver;
    private final List<IommuDevice> devices = new ArrayList<>();

    GroupSwitchTest() {
        for (int i = 0; i < DEVICES; i++) {
            devices.add(fixture.device("d" + i, 8));
        }
    }

    private void attachOne() {
        core.attachDevicePasid(fixture.one, devices.get(2), PASID, handle());
        driver.takeCalls();
    }

    private static List<String> calls(int count, String change) {
        List<String> calls = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            calls.add("d" + i + " " + PASID + ": " + change);
        }
        return calls;
    }

    private static List<String> concat(List<String> first, List<String> second) {
        List<String> all = new ArrayList<>(first);
        all.addAll(second);
        return all;
    }

    @Test
    void eachOperationCallsEveryDeviceOnceInListOrder() {
        core.attachDevicePasid(fixture.one, devices.get(3), PASID, handle());
        assertThat(driver.takeCalls()).isEqualTo(calls(DEVICES, "blocked -> one"));

        core.replaceDevicePasid(fixture.two, devices.get(1), PASID, handle());
        assertThat(driver.takeCalls()).isEqualTo(calls(DEVICES, "one -> two"));

        core.detachDevicePasid(fixture.two, devices.get(2), PASID);
        assertThat(driver.takeCalls()).isEqualTo(calls(DEVICES, "two -> blocked"));
        assertThat(fixture.warnings).isEmpty();
    }

    @Test
    void devicesWithoutPasidsAreNeitherCheckedNorCalled() {
        fixture.device("bridge", 0);

        core.attachDevicePasid(fixture.one, devices.get(0), PASID, handle());
        core.replaceDevicePasid(fixture.two, devices.get(0), PASID, handle());
        core.detachDevicePasid(fixture.two, devices.get(0), PASID);

        assertThat(driver.takeCalls()).hasSize(3 * DEVICES).noneMatch(call -> call.startsWith("bridge"));
    }

    @Test
    void theSmallestPasidWidthOfTheGroupDecides() {
        fixture.device("small", 2);

        assertThatThrownBy(() -> core.attachDevicePasid(fixture.one, devices.get(0), Pasid.of(4), handle()))
                .hasMessage(
                        "EINVAL: attach of one (d0, PASID 0x4): device small of group g can use PASIDs 1..0x3 only");
        core.attachDevicePasid(fixture.one, devices.get(0), Pasid.of(3), handle());
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3})
    void anAttachThatFailsAtOneDeviceBlocksTheEarlierOnes(int failing) {
        driver.fail(devices.get(failing), fixture.one, Errno.ENOSPC);

        assertThatThrownBy(() -> core.attachDevicePasid(fixture.one, devices.get(0), PASID, handle()))
                .isInstanceOf(IommuException.class)
                .hasMessage("ENOSPC: injected");

        assertThat(driver.takeCalls())
                .isEqualTo(concat(calls(failing + 1, "blocked -> one"), calls(failing, "one -> blocked")));
        assertThat(core.snapshot().get(0).pasids()).isEmpty();
        assertThat(fixture.warnings).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3})
    void aReplaceThatFailsAtOneDeviceTakesTheEarlierOnesBack(int failing) {
        attachOne();
        driver.fail(devices.get(failing), fixture.two, Errno.ENOMEM);

        assertThatThrownBy(() -> core.replaceDevicePasid(fixture.two, devices.get(0), PASID, handle()))
                .hasMessage("ENOMEM: injected");

        assertThat(driver.takeCalls())
                .isEqualTo(concat(calls(failing + 1, "one -> two"), calls(failing, "two -> one")));
        assertThat(devices).allMatch(device -> driver.domainOf(device, PASID) == fixture.one);
        assertThat(fixture.warnings).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3})
    void aDetachGoesOnPastADeviceThatFails(int failing) {
        attachOne();
        driver.fail(devices.get(failing), driver.blockedDomain(), Errno.ENOMEM);

        core.detachDevicePasid(fixture.one, devices.get(0), PASID);

        assertThat(driver.takeCalls()).isEqualTo(calls(DEVICES, "one -> blocked"));
        assertThat(fixture.warnings).singleElement().asString().contains("d" + failing + ", PASID 0x5", "blocked");
        assertThat(core.snapshot().get(0).pasids()).isEmpty();
    }

    @Test
    void aDeviceThatCouldNotBeDetachedIsTakenFromWhatItReallyHas() {
        attachOne();
        driver.fail(devices.get(1), driver.blockedDomain(), Errno.ENOMEM);
        core.detachDevicePasid(fixture.one, devices.get(0), PASID);
        driver.recover(devices.get(1), driver.blockedDomain());
        driver.takeCalls();

        core.attachDevicePasid(fixture.two, devices.get(0), PASID, handle());

        assertThat(driver.takeCalls())
                .containsExactly(
                        "d0 PASID 0x5: blocked -> two",
                        "d1 PASID 0x5: one -> two",
                        "d2 PASID 0x5: blocked -> two",
                        "d3 PASID 0x5: blocked -> two");
    }

    @Test
    void aRollBackThatFailsBlocksThatDeviceAndWarns() {
        attachOne();
        driver.fail(devices.get(2), fixture.two, Errno.ENOSPC);
        driver.fail(devices.get(1), fixture.one, Errno.ENOMEM);

        assertThatThrownBy(() -> core.replaceDevicePasid(fixture.two, devices.get(0), PASID, handle()))
                .hasMessage("ENOSPC: injected");

        assertThat(driver.takeCalls())
                .containsExactly(
                        "d0 PASID 0x5: one -> two",
                        "d1 PASID 0x5: one -> two",
                        "d2 PASID 0x5: one -> two",
                        "d0 PASID 0x5: two -> one",
                        "d1 PASID 0x5: two -> one",
                        "d1 PASID 0x5: two -> blocked");
        assertThat(fixture.warnings)
                .singleElement()
                .asString()
                .startsWith("driver bug: d1, PASID 0x5 could not go back from two to one");
        assertThat(core.snapshot().get(0).pasids().get(0).domain()).isEqualTo("one");
    }

    @Test
    void aDeviceBlockedByAFailedRollBackComesBackWithTheNextReplace() {
        aRollBackThatFailsBlocksThatDeviceAndWarns();
        driver.recover(devices.get(2), fixture.two);

        core.replaceDevicePasid(fixture.two, devices.get(0), PASID, handle());

        assertThat(driver.takeCalls())
                .containsExactly(
                        "d0 PASID 0x5: one -> two",
                        "d1 PASID 0x5: blocked -> two",
                        "d2 PASID 0x5: one -> two",
                        "d3 PASID 0x5: one -> two");
    }

    @Test
    void aDeviceThatItsDriverFencedIsTakenFromBlockedNextTime() {
        attachOne();
        driver.failAndFence(devices.get(1), fixture.two, Errno.ETIMEDOUT);
        assertThatThrownBy(() -> core.replaceDevicePasid(fixture.two, devices.get(0), PASID, handle()))
                .hasMessage("ETIMEDOUT: injected");
        driver.recover(devices.get(1), fixture.two);
        driver.takeCalls();

        core.replaceDevicePasid(fixture.two, devices.get(0), PASID, handle());

        assertThat(driver.takeCalls())
                .containsExactly(
                        "d0 PASID 0x5: one -> two",
                        "d1 PASID 0x5: blocked -> two",
                        "d2 PASID 0x5: one -> two",
                        "d3 PASID 0x5: one -> two");
    }

    @Test
    void anErrorOfTheDriversOwnMakingRollsBackToo() {
        attachOne();
        driver.duringSet = () -> {
            if (driver.calls.size() == 2) {
                throw new IllegalStateException("bug");
            }
        };

        assertThatThrownBy(() -> core.replaceDevicePasid(fixture.two, devices.get(0), PASID, handle()))
                .isInstanceOf(IllegalStateException.class);

        assertThat(driver.domainOf(devices.get(0), PASID)).isSameAs(fixture.one);
    }

    @Test
    void anErrorOfTheVirtualMachineRollsBackToo() {
        attachOne();
        driver.duringSet = () -> {
            if (driver.calls.size() == 3) {
                throw new NoClassDefFoundError("part of a plugin");
            }
        };

        assertThatThrownBy(() -> core.replaceDevicePasid(fixture.two, devices.get(0), PASID, handle()))
                .isInstanceOf(NoClassDefFoundError.class);

        assertThat(devices).allMatch(device -> driver.domainOf(device, PASID) == fixture.one);
        assertThat(core.snapshot().get(0).pasids().get(0).domain()).isEqualTo("one");
    }

    @Test
    void aDividedGroupCanBeSeen() {
        aRollBackThatFailsBlocksThatDeviceAndWarns();

        List<DeviceSnapshot> seen = core.snapshot().get(0).devices();

        assertThat(seen.get(0).deviations()).isEmpty();
        assertThat(seen.get(1).deviations())
                .containsExactly(new AttachmentSnapshot(PASID, "blocked", DomainType.BLOCKED, null));
        assertThat(seen.get(2).deviations()).isEmpty();
    }

    @Test
    void theSameDomainAgainChangesTheHandleAndCallsNoDriver() {
        attachOne();
        AttachHandle fresh = handle();

        core.replaceDevicePasid(fixture.one, devices.get(0), PASID, fresh);

        assertThat(driver.takeCalls()).isEmpty();
        assertThat(core.attachHandleGet(fixture.group, PASID, null)).isSameAs(fresh);
    }

    @Test
    void theSameHandleAgainIsRefusedAndWarnedAbout() {
        AttachHandle handle = handle();
        core.attachDevicePasid(fixture.one, devices.get(0), PASID, handle);
        driver.takeCalls();

        assertThatThrownBy(() -> core.replaceDevicePasid(fixture.two, devices.get(0), PASID, handle))
                .hasMessageContaining("EINVAL")
                .hasMessageContaining("give a fresh handle");

        assertThat(driver.takeCalls()).isEmpty();
        assertThat(handle.domain()).isSameAs(fixture.one);
        assertThat(handle.isAttached()).isTrue();
        assertThat(fixture.warnings).singleElement().asString().contains("was used before");
    }

    @Test
    void aHandleThatAnotherCallIsUsingIsRefused() {
        IommuGroup other = core.createGroup("other");
        IommuDevice elsewhere = core.addDevice(other, fixture.description("elsewhere", 8, true));
        AttachHandle shared = handle();
        driver.duringSet = () -> {
            driver.duringSet = () -> {};
            assertThatThrownBy(() -> core.attachDevicePasid(fixture.two, elsewhere, PASID, shared))
                    .hasMessageContaining("was used before");
        };

        core.attachDevicePasid(fixture.one, devices.get(0), PASID, shared);

        assertThat(shared.domain()).isSameAs(fixture.one);
    }

    @Test
    void whatWasAttachedWithoutHandleCanBeReplacedAndDetached() {
        core.attachDevicePasid(fixture.one, devices.get(0), PASID, null);
        assertThatThrownBy(() -> core.attachHandleGet(fixture.group, PASID, null))
                .hasMessageContaining("ENOENT");
        core.detachDevicePasid(fixture.one, devices.get(0), PASID);

        core.attachDevicePasid(fixture.one, devices.get(0), PASID, null);
        core.replaceDevicePasid(fixture.two, devices.get(0), PASID, handle());

        assertThat(core.attachHandleGet(fixture.group, PASID, null).domain()).isSameAs(fixture.two);
    }

    @Test
    void theBlockedDomainCanBeAttachedAndThenOccupiesThePasid() {
        core.attachDevicePasid(driver.blockedDomain(), devices.get(0), PASID, handle());

        assertThatThrownBy(() -> core.attachDevicePasid(fixture.one, devices.get(0), PASID, handle()))
                .hasMessageContaining("EBUSY");
        driver.takeCalls();
        core.replaceDevicePasid(driver.blockedDomain(), devices.get(0), PASID, handle());
        assertThat(driver.takeCalls()).isEmpty();
        core.replaceDevicePasid(fixture.one, devices.get(0), PASID, handle());
        assertThat(driver.takeCalls()).endsWith("d3 PASID 0x5: blocked -> one");
    }

    @Test
    void aWrongDetachWarnsAndChangesNothing() {
        attachOne();
        IommuDevice stranger = driver.probe(fixture.description("stranger", 8, true));

        core.detachDevicePasid(fixture.two, devices.get(0), PASID);
        core.detachDevicePasid(fixture.one, devices.get(0), Pasid.of(6));
        core.detachDevicePasid(fixture.one, devices.get(0), Pasid.NONE);
        core.detachDevicePasid(fixture.one, stranger, PASID);

        assertThat(fixture.warnings).hasSize(4);
        assertThat(driver.takeCalls()).isEmpty();
        assertThat(core.snapshot().get(0).pasids()).hasSize(1);
    }

    @Test
    void aHandleOfAnotherTypeThanAskedForIsBusy() {
        attachOne();

        assertThatThrownBy(() -> core.attachHandleGet(fixture.group, PASID, DomainType.SVA))
                .hasMessageContaining("EBUSY")
                .hasMessageContaining("one of type PAGING");
        assertThat(core.attachHandleGet(fixture.group, PASID, DomainType.PAGING).domain())
                .isSameAs(fixture.one);
    }
}
