package dev.hitless.iommu.core;

import static dev.hitless.iommu.core.CoreFixture.PASID;
import static dev.hitless.iommu.core.CoreFixture.handle;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hitless.iommu.api.DomainType;
import dev.hitless.iommu.api.Errno;
import dev.hitless.iommu.api.IommuDevice;
import dev.hitless.iommu.api.IommuDomain;
import dev.hitless.iommu.api.Pasid;
import java.util.EnumSet;
import org.junit.jupiter.api.Test;

/** Requests without PASID: attach, replace, detach, and who may do DMA. */
class RidAttachmentsTest {
    private final CoreFixture fixture = new CoreFixture(DomainType.IDENTITY);
    private final IommuCore core = fixture.core;
    private final RecordingDriver driver = fixture.driver;
    private final IommuGroup group = fixture.group;
    private final IommuDevice first = fixture.device("a", 8);
    private final IommuDevice second = fixture.device("b", 0);

    RidAttachmentsTest() {
        driver.takeCalls();
    }

    private void refused(Runnable call, Errno errno, String reason) {
        assertThatThrownBy(call::run).hasMessageStartingWith(errno + ": ").hasMessageContaining(reason);
    }

    @Test
    void aNewDeviceIsPutOnTheDomainOfItsGroup() {
        assertThat(driver.domainOf(first, Pasid.NONE)).isSameAs(driver.identityDomain());
        core.attachGroupHandle(fixture.one, group, handle());

        IommuDevice late = fixture.device("late", 8);

        assertThat(driver.takeCalls()).endsWith("late no PASID: blocked -> one");
        assertThat(group.devices()).containsExactly(first, second, late);
    }

    @Test
    void aNewDeviceThatCannotBePutThereIsReleased() {
        core.attachGroupHandle(fixture.one, group, handle());
        driver.duringSet = () -> {
            throw new IllegalStateException("no");
        };

        assertThatThrownBy(() -> fixture.device("late", 8)).isInstanceOf(IllegalStateException.class);

        assertThat(driver.released).containsExactly("late");
        assertThat(group.devices()).containsExactly(first, second);
    }

    @Test
    void attachReplaceAndDetachReachDevicesWithoutPasidsToo() {
        core.attachGroupHandle(fixture.one, group, handle());
        core.replaceGroupHandle(fixture.two, group, handle());
        core.detachGroupHandle(fixture.two, group);

        assertThat(driver.takeCalls())
                .containsExactly(
                        "a no PASID: identity -> one",
                        "b no PASID: identity -> one",
                        "a no PASID: one -> two",
                        "b no PASID: one -> two",
                        "a no PASID: two -> identity",
                        "b no PASID: two -> identity");
        assertThat(group.ridDomain()).isSameAs(driver.identityDomain());
    }

    @Test
    void anAttachIsRefusedWithoutHandle() {
        refused(() -> core.attachGroupHandle(fixture.one, group, null), Errno.EINVAL, "handle");
        refused(() -> core.replaceGroupHandle(fixture.one, group, null), Errno.EINVAL, "handle");
    }

    @Test
    void anAttachIsRefusedWhereSomethingIsAttached() {
        core.attachGroupHandle(fixture.one, group, handle());

        refused(() -> core.attachGroupHandle(fixture.one, group, handle()), Errno.EBUSY, "one is attached there");
    }

    @Test
    void foreignDomainsAreRefusedByAttachAndReplace() {
        IommuDomain foreign = new RecordingDriver().domain("foreign");

        refused(() -> core.attachGroupHandle(foreign, group, handle()), Errno.EINVAL, "another driver instance");
        refused(() -> core.replaceGroupHandle(foreign, group, handle()), Errno.EINVAL, "another driver instance");
        assertThat(driver.calls).isEmpty();
    }

    @Test
    void aGroupWithoutDeviceIsRefused() {
        IommuGroup empty = core.createGroup("empty");

        refused(() -> core.attachGroupHandle(fixture.one, empty, handle()), Errno.EINVAL, "no device");
    }

    @Test
    void aKindThatCannotStandThereIsRefused() {
        driver.withoutPasid = EnumSet.of(DomainType.IDENTITY, DomainType.BLOCKED);

        refused(() -> core.attachGroupHandle(fixture.one, group, handle()), Errno.EOPNOTSUPP, "type PAGING");
    }

    @Test
    void aUsedHandleIsRefused() {
        AttachHandle handle = handle();
        core.attachGroupHandle(fixture.one, group, handle);

        refused(() -> core.replaceGroupHandle(fixture.two, group, handle), Errno.EINVAL, "was used before");
        assertThat(handle.domain()).isSameAs(fixture.one);
    }

    @Test
    void aReplaceOfACoreDomainIsAnAttach() {
        AttachHandle handle = handle();

        core.replaceGroupHandle(fixture.one, group, handle);

        assertThat(core.attachHandleGet(group, Pasid.NONE, DomainType.PAGING)).isSameAs(handle);
    }

    @Test
    void theSameDomainAgainOnlyChangesTheHandleEvenDuringRecovery() {
        core.attachGroupHandle(fixture.one, group, handle());
        core.prepareRecovery(first);
        driver.takeCalls();
        AttachHandle fresh = handle();

        core.replaceGroupHandle(fixture.one, group, fresh);

        assertThat(driver.calls).isEmpty();
        assertThat(core.attachHandleGet(group, Pasid.NONE, null)).isSameAs(fresh);
        refused(() -> core.replaceGroupHandle(fixture.two, group, handle()), Errno.EBUSY, "being reset");
    }

    @Test
    void aFailedChangeTakesEarlierDevicesBack() {
        core.attachGroupHandle(fixture.one, group, handle());
        driver.takeCalls();
        driver.fail(second, fixture.two, Errno.ENOSPC);

        refused(() -> core.replaceGroupHandle(fixture.two, group, handle()), Errno.ENOSPC, "injected");

        assertThat(driver.takeCalls())
                .containsExactly("a no PASID: one -> two", "b no PASID: one -> two", "a no PASID: two -> one");
        assertThat(group.ridDomain()).isSameAs(fixture.one);
    }

    @Test
    void aFailedFirstChangeLeavesTheSlotFree() {
        driver.fail(first, fixture.two, Errno.ENOSPC);

        refused(() -> core.replaceGroupHandle(fixture.two, group, handle()), Errno.ENOSPC, "injected");
        refused(() -> core.attachGroupHandle(fixture.two, group, handle()), Errno.ENOSPC, "injected");

        assertThat(group.ridDomain()).isSameAs(driver.identityDomain());
        core.attachGroupHandle(fixture.one, group, handle());
    }

    @Test
    void aDetachParksADeviceThatFailsOnTheBlockedDomain() {
        core.attachGroupHandle(fixture.one, group, handle());
        driver.fail(first, driver.identityDomain(), Errno.ENOSPC);
        driver.takeCalls();

        core.detachGroupHandle(fixture.one, group);

        assertThat(driver.takeCalls())
                .containsExactly(
                        "a no PASID: one -> identity", "a no PASID: one -> blocked", "b no PASID: one -> identity");
        assertThat(fixture.warnings).singleElement().asString().contains("a, no PASID could not be set to identity");
    }

    @Test
    void changesWithoutPasidLeavePasidsAlone() {
        core.attachDevicePasid(fixture.one, first, PASID, handle());
        driver.takeCalls();

        core.attachGroupHandle(fixture.two, group, handle());
        core.detachGroupHandle(fixture.two, group);

        assertThat(driver.takeCalls()).allMatch(call -> call.contains("no PASID"));
        assertThat(driver.domainOf(first, PASID)).isSameAs(fixture.one);
    }

    @Test
    void aWrongDetachWarnsAndChangesNothing() {
        core.detachGroupHandle(fixture.one, group);
        core.attachGroupHandle(fixture.one, group, handle());
        driver.takeCalls();
        core.detachGroupHandle(fixture.two, group);

        assertThat(fixture.warnings).hasSize(2);
        assertThat(driver.calls).isEmpty();
    }

    @Test
    void anOwnerBlocksTheGroupAndGivesTheDefaultDomainBack() {
        core.claimDmaOwner(group, "owner");
        assertThat(group.ridDomain()).isSameAs(driver.blockedDomain());
        core.attachGroupHandle(fixture.one, group, handle());
        core.detachGroupHandle(fixture.one, group);
        assertThat(group.ridDomain()).isSameAs(driver.blockedDomain());

        core.claimDmaOwner(group, "owner");
        core.releaseDmaOwner(group);
        assertThat(group.ridDomain()).isSameAs(driver.blockedDomain());
        core.releaseDmaOwner(group);

        assertThat(group.ridDomain()).isSameAs(driver.identityDomain());
        assertThat(driver.domainOf(second, Pasid.NONE)).isSameAs(driver.identityDomain());
        assertThat(fixture.warnings).isEmpty();
    }

    @Test
    void theOwnerAndTheUsersCanBeSeen() {
        assertThat(group.snapshot().ownership()).isEqualTo(new OwnershipSnapshot(null, 0));
        core.claimDmaOwner(group, "owner");
        core.claimDmaOwner(group, "owner");
        assertThat(group.snapshot().ownership()).isEqualTo(new OwnershipSnapshot("owner", 2));
        core.releaseDmaOwner(group);
        core.releaseDmaOwner(group);
        core.useDefaultDomain(group);
        assertThat(group.snapshot().ownership()).isEqualTo(new OwnershipSnapshot(null, 1));
    }

    @Test
    void ownersAndUsersOfTheDefaultDomainKeepEachOtherAway() {
        core.useDefaultDomain(group);
        core.useDefaultDomain(group);
        refused(() -> core.claimDmaOwner(group, "owner"), Errno.EBUSY, "default domain is in use");
        core.unuseDefaultDomain(group);
        core.unuseDefaultDomain(group);

        core.claimDmaOwner(group, "owner");
        refused(() -> core.claimDmaOwner(group, "other"), Errno.EBUSY, "owner owns it");
        refused(() -> core.useDefaultDomain(group), Errno.EBUSY, "owner owns the group");
    }

    @Test
    void anAttachmentKeepsOwnersAwayAndMayNotBeAbandoned() {
        core.attachDevicePasid(fixture.one, first, PASID, handle());
        refused(() -> core.claimDmaOwner(group, "owner"), Errno.EBUSY, "PASID 0x5");
        core.detachDevicePasid(fixture.one, first, PASID);

        core.claimDmaOwner(group, "owner");
        core.attachDevicePasid(fixture.one, first, PASID, handle());
        core.releaseDmaOwner(group);

        assertThat(fixture.warnings).singleElement().asString().contains("PASID 0x5");
        refused(() -> core.claimDmaOwner(group, "other"), Errno.EBUSY, "owner owns it");
    }

    @Test
    void anAttachmentWithoutPasidKeepsOwnersAwayToo() {
        core.attachGroupHandle(fixture.one, group, handle());

        refused(() -> core.claimDmaOwner(group, "owner"), Errno.EBUSY, "no PASID");
    }

    @Test
    void aSecondUserOfTheDefaultDomainIsRefusedWhileSomethingIsAttached() {
        core.useDefaultDomain(group);
        core.attachDevicePasid(fixture.one, first, PASID, handle());

        refused(() -> core.useDefaultDomain(group), Errno.EBUSY, "PASID 0x5");
        core.unuseDefaultDomain(group);
        assertThat(fixture.warnings).hasSize(1);
    }

    @Test
    void releasingWhatNobodyOwnsIsAWarning() {
        core.releaseDmaOwner(group);
        core.unuseDefaultDomain(group);

        assertThat(fixture.warnings).hasSize(2);
    }

    @Test
    void aDeviceWithPasidsAttachedStays() {
        core.attachDevicePasid(fixture.one, first, PASID, handle());

        refused(() -> core.removeDevice(first), Errno.EBUSY, "PASID 0x5");
        refused(() -> fixture.device("late", 8), Errno.EBUSY, "PASID 0x5");
        core.removeDevice(second);
        core.detachDevicePasid(fixture.one, first, PASID);
        core.removeDevice(first);

        assertThat(driver.released).containsExactly("b", "a");
        assertThat(group.devices()).isEmpty();
        refused(() -> core.removeDevice(first), Errno.ENODEV, "no group");
    }
}
