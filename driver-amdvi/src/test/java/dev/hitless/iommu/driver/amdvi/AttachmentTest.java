package dev.hitless.iommu.driver.amdvi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hitless.iommu.api.Errno;
import dev.hitless.iommu.api.IommuDomain;
import dev.hitless.iommu.api.IommuException;
import dev.hitless.iommu.api.PagingDomain;
import dev.hitless.iommu.api.Pasid;
import dev.hitless.iommu.api.ReplaceGuarantee;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** What can stand beside what, and what DMA makes of it. */
class AttachmentTest {
    private static final int ID = 0x20;
    private static final int ALIAS = 0x21;
    private static final Pasid PASID = Pasid.of(0x5);
    private static final Pasid OTHER = Pasid.of(0x1234);
    private static final long HERE = 0x1_0000_0000L;
    private static final long THERE = 0x2_0000_0000L;

    private final ModelledUnit unit = new ModelledUnit();
    private final AmdviDevice device = unit.probe("nic", ID, ALIAS);
    private final IommuDomain blocked = unit.driver.blockedDomain();

    private static void assertRefused(Errno errno, ThrowingCallable call) {
        assertThatThrownBy(call).isInstanceOfSatisfying(IommuException.class, e -> assertThat(e.errno())
                .isEqualTo(errno));
    }

    @Test
    void tablesOfBothDepthsLiveSideBySideAndReplaceEachOther() {
        PagingDomain shallow = unit.domain("v2-4-level", HERE);
        PagingDomain deep = unit.domain("v2-5-level", THERE);
        shallow.setDevPasid(device, PASID, blocked);
        deep.setDevPasid(device, OTHER, blocked);
        assertThat(unit.access(ID, PASID).output(ModelledUnit.IOVA)).isEqualTo(HERE);
        assertThat(unit.access(ID, OTHER).output(ModelledUnit.IOVA)).isEqualTo(THERE);
        assertThat(unit.driver.replaceGuarantee(device, PASID, shallow, deep)).isEqualTo(ReplaceGuarantee.HITLESS);
        deep.setDevPasid(device, PASID, shallow);
        assertThat(unit.access(ID, PASID).output(ModelledUnit.IOVA)).isEqualTo(THERE);
    }

    @Test
    void allRequesterIdsOfADeviceAreProgrammedAlike() {
        unit.domain("v1-4-level", HERE).setDevPasid(device, Pasid.NONE, blocked);
        assertThat(unit.access(ID, Pasid.NONE).output(ModelledUnit.IOVA)).isEqualTo(HERE);
        assertThat(unit.access(ALIAS, Pasid.NONE).output(ModelledUnit.IOVA)).isEqualTo(HERE);
    }

    @Test
    void identityLeavesPasidsAlone() {
        unit.domain("v2-5-level", HERE).setDevPasid(device, PASID, blocked);
        unit.driver.identityDomain().setDevPasid(device, Pasid.NONE, blocked);
        assertThat(unit.access(ALIAS, Pasid.NONE).output(ModelledUnit.IOVA)).isEqualTo(ModelledUnit.IOVA);
        assertThat(unit.access(ALIAS, PASID).output(ModelledUnit.IOVA)).isEqualTo(HERE);
    }

    @Test
    void hostTablesAreRefusedWhilePasidsAreInUse() {
        unit.domain("v2-5-level", HERE).setDevPasid(device, PASID, blocked);
        PagingDomain host = unit.domain("v1-4-level", THERE);
        assertThat(unit.driver.replaceGuarantee(device, Pasid.NONE, blocked, host))
                .isEqualTo(ReplaceGuarantee.UNSUPPORTED);
        assertRefused(Errno.EBUSY, () -> host.setDevPasid(device, Pasid.NONE, blocked));
        assertThat(unit.access(ID, PASID).output(ModelledUnit.IOVA)).isEqualTo(HERE);
    }

    @Test
    void pasidsAreRefusedBesideHostTables() {
        PagingDomain host = unit.domain("v1-4-level", THERE);
        host.setDevPasid(device, Pasid.NONE, blocked);
        PagingDomain guest = unit.domain("v2-5-level", HERE);
        assertRefused(Errno.EBUSY, () -> guest.setDevPasid(device, PASID, blocked));
        assertThat(unit.driver.attachments(device)).containsOnlyKeys(Pasid.NONE);
    }

    @Test
    void hostTablesAndIdentityCannotBeBehindAPasid() {
        PagingDomain host = unit.domain("v1-4-level", THERE);
        IommuDomain identity = unit.driver.identityDomain();
        assertRefused(Errno.EOPNOTSUPP, () -> host.setDevPasid(device, PASID, blocked));
        assertRefused(Errno.EOPNOTSUPP, () -> identity.setDevPasid(device, PASID, blocked));
    }

    @Test
    void aRequesterIdBeyondTheDeviceTableIsRefused() {
        assertRefused(Errno.EINVAL, () -> unit.probe("far", 0x200));
        assertThatThrownBy(() -> unit.probe("far", 0x200)).hasMessageContaining("last-requester-id");
    }

    @Test
    void noTwoDevicesShareADomainId() {
        assertThat(unit.probe("disk", 0x30).domainId()).isNotEqualTo(device.domainId());
    }

    @Test
    void everythingIsGivenBack() {
        PagingDomain domain = unit.domain("v2-4-level", HERE);
        domain.setDevPasid(device, OTHER, blocked);
        blocked.setDevPasid(device, OTHER, domain);
        domain.free();
        unit.driver.release(device);
        unit.driver.shutDown();
        assertThat(unit.platform.allocatedBytes()).isZero();
        assertThat(unit.platform.warnings()).isEmpty();
    }
}
