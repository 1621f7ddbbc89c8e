package dev.hitless.iommu.driver.vtd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hitless.iommu.api.AddressSpace;
import dev.hitless.iommu.api.AddressSpaceListener;
import dev.hitless.iommu.api.Errno;
import dev.hitless.iommu.api.IommuDevice;
import dev.hitless.iommu.api.IommuDomain;
import dev.hitless.iommu.api.IommuException;
import dev.hitless.iommu.api.NestedConfig;
import dev.hitless.iommu.api.PagingDomain;
import dev.hitless.iommu.api.Pasid;
import dev.hitless.iommu.api.Protection;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.mockito.ArgumentCaptor;
import org.mockito.Mock;
import org.mockito.Mockito;
import org.mockito.junit.jupiter.MockitoExtension;
import org.mockito.junit.jupiter.MockitoSettings;
import org.mockito.quality.Strictness;

/** What is dropped from which cache when the tables of a domain change. The first domain has id 2. */
@ExtendWith(MockitoExtension.class)
@MockitoSettings(strictness = Strictness.LENIENT)
class DomainChangeTest {
    private static final Pasid PASID = Pasid.of(5);
    private static final int FIRST = 0;
    private static final int SECOND = 3;

    private final FakeUnit unit = FakeUnit.withEverything();
    private final VtdDriver driver = unit.driver();
    private final IommuDevice device = driver.probe(unit.device("nic", 0x0100, true));

    @Mock
    private AddressSpace addressSpace;

    private PagingDomain paging(int format) {
        return driver.allocatePaging(driver.capabilities().formats().get(format));
    }

    private AddressSpaceListener listener() {
        ArgumentCaptor<AddressSpaceListener> listener = ArgumentCaptor.forClass(AddressSpaceListener.class);
        Mockito.verify(addressSpace).addListener(listener.capture());
        return listener.getValue();
    }

    private IommuDomain sva() {
        Mockito.when(addressSpace.name()).thenReturn("process");
        Mockito.when(addressSpace.rootAddress()).thenReturn(0x5000L);
        Mockito.when(addressSpace.levels()).thenReturn(4);
        return driver.allocateSva(addressSpace);
    }

    @Test
    void aPageOfAFirstStageDomainIsDroppedByPasidAndThenByTheDevice() {
        PagingDomain domain = paging(FIRST);
        domain.setDevPasid(device, PASID, driver.blockedDomain());
        domain.setDevPasid(device, Pasid.NONE, driver.blockedDomain());
        domain.map(0x10_0000, 0x20_0000, 0x2000, Protection.READ_WRITE);
        int mark = unit.log.size();
        assertThat(domain.unmap(0x10_0000, 0x1000)).isEqualTo(0x1000);
        // IH: no table was removed.
        assertThat(unit.commandsSince(mark))
                .containsExactly(
                        "pasid 5 of domain 2 pages 100040",
                        "pasid 0 of domain 2 pages 100040",
                        "device 100 pasid 5",
                        "device 100");
        mark = unit.log.size();
        domain.unmap(0x10_1000, 0x1000);
        // No IH: the tables went with the last page.
        assertThat(unit.commandsSince(mark)).startsWith("pasid 5 of domain 2 pages 101000");
    }

    @Test
    void aPageOfASecondStageDomainIsDroppedOnceForAllPasids() {
        PagingDomain domain = paging(SECOND);
        domain.setDevPasid(device, PASID, driver.blockedDomain());
        domain.setDevPasid(device, Pasid.of(6), driver.blockedDomain());
        domain.map(0x10_0000, 0x20_0000, 0x2000, Protection.READ_WRITE);
        int mark = unit.log.size();
        domain.unmap(0x10_0000, 0x1000);
        assertThat(unit.commandsSince(mark))
                .containsExactly("domain 2 pages 100040", "device 100 pasid 5", "device 100 pasid 6");
    }

    @Test
    void aRangeBeyondTheLargestMaskDropsEverythingOfTheTag() {
        // MAMV = 0: single pages only.
        FakeUnit narrow = new FakeUnit(FakeUnit.CAP & ~(0x3FL << 48), FakeUnit.ECAP);
        VtdDriver other = narrow.driver();
        PagingDomain domain =
                other.allocatePaging(other.capabilities().formats().get(FIRST));
        domain.setDevPasid(other.probe(narrow.device("nic", 1, false)), PASID, other.blockedDomain());
        domain.map(0x10_0000, 0x20_0000, 0x4000, Protection.READ_WRITE);
        int mark = narrow.log.size();
        domain.unmap(0x10_0000, 0x2000);
        assertThat(narrow.commandsSince(mark)).containsExactly("pasid 5 of domain 2");
    }

    @Test
    void tablesAreFreedAfterTheLastWait() {
        PagingDomain domain = paging(FIRST);
        domain.setDevPasid(device, PASID, driver.blockedDomain());
        domain.map(0x10_0000, 0x20_0000, 0x1000, Protection.READ_WRITE);
        int mark = unit.log.size();
        domain.unmap(0x10_0000, 0x1000);
        List<String> log = unit.log.subList(mark, unit.log.size());
        assertThat(log).contains("free");
        assertThat(log.lastIndexOf("wait")).isLessThan(log.indexOf("free"));
    }

    @Test
    void nobodyIsToldOfChangesOfADomainThatNobodyUses() {
        PagingDomain domain = paging(SECOND);
        domain.map(0x10_0000, 0x20_0000, 0x1000, Protection.READ_WRITE);
        int mark = unit.log.size();
        domain.unmap(0x10_0000, 0x1000);
        assertThat(unit.commandsSince(mark)).isEmpty();
    }

    @Test
    void aNestedDomainLosesEverythingWhenItsParentChanges() {
        PagingDomain parent = paging(SECOND);
        IommuDomain nested = driver.allocateNested(parent, new NestedConfig(0x1000, 4, Map.of()));
        nested.setDevPasid(device, PASID, driver.blockedDomain());
        parent.map(0x10_0000, 0x20_0000, 0x1000, Protection.READ_WRITE);
        int mark = unit.log.size();
        parent.unmap(0x10_0000, 0x1000);
        assertThat(unit.commandsSince(mark)).containsExactly("domain 3", "pasid 5 of domain 3", "device 100 pasid 5");
        assertThatThrownBy(parent::free).isInstanceOfSatisfying(IommuException.class, e -> assertThat(e.errno())
                .isEqualTo(Errno.EBUSY));
    }

    @Test
    void cachingModeConcernsNewSecondStagePagesButNotFirstStageOnes() {
        FakeUnit caching = new FakeUnit(FakeUnit.CAP | 1L << 7, FakeUnit.ECAP);
        VtdDriver other = caching.driver();
        IommuDevice nic = other.probe(caching.device("nic", 1, false));
        PagingDomain first = other.allocatePaging(other.capabilities().formats().get(FIRST));
        PagingDomain second =
                other.allocatePaging(other.capabilities().formats().get(SECOND));
        first.setDevPasid(nic, PASID, other.blockedDomain());
        second.setDevPasid(nic, Pasid.of(6), other.blockedDomain());
        int mark = caching.log.size();
        first.map(0x10_0000, 0x20_0000, 0x1000, Protection.READ_WRITE);
        assertThat(caching.commandsSince(mark)).isEmpty();
        second.map(0x10_0000, 0x20_0000, 0x1000, Protection.READ_WRITE);
        assertThat(caching.commandsSince(mark)).containsExactly("domain 3 pages 100000");
    }

    @Test
    void aSharedAddressSpaceHasAnIdOfItsOwnAndHonoursXd() {
        IommuDomain domain = sva();
        domain.setDevPasid(device, PASID, driver.blockedDomain());
        long entry = ((VtdDevice) device).directory().entryAddress(PASID);
        assertThat(unit.memory.load64(entry + 8) & 0xFFFF).isEqualTo(2);
        assertThat(unit.memory.load64(entry + 16)).isEqualTo(0x5020);
        int mark = unit.log.size();
        listener().invalidate(0x7000, 0x1000);
        assertThat(unit.commandsSince(mark)).containsExactly("pasid 5 of domain 2 pages 7000", "device 100 pasid 5");
    }

    @Test
    void aDeadAddressSpaceIsFencedAndDrainedWhenItIsDetached() {
        IommuDomain domain = sva();
        domain.setDevPasid(device, PASID, driver.blockedDomain());
        long entry = ((VtdDevice) device).directory().entryAddress(PASID);
        int mark = unit.log.size();
        listener().released();
        // FPD without P.
        assertThat(unit.memory.load64(entry)).isEqualTo(2);
        assertThat(unit.commandsSince(mark)).contains("pasid 5 of domain 2", "device 100 pasid 5");
        assertThat(driver.attachments(device)).isEqualTo(Map.of(PASID, domain));
        assertThat(unit.log.subList(mark, unit.log.size()))
                .noneMatch(line -> line.matches("store64 \\S+ \\w+000000a5"));

        mark = unit.log.size();
        driver.blockedDomain().setDevPasid(device, PASID, domain);
        assertThat(unit.memory.load64(entry)).isZero();
        assertThat(unit.log.subList(mark, unit.log.size())).anyMatch(line -> line.matches("store64 \\S+ \\w+000000a5"));
        domain.free();
        Mockito.verify(addressSpace).removeListener(Mockito.any());
    }

    @Test
    void goingBackToADeadAddressSpaceNeverReachesItsTable() {
        IommuDomain domain = sva();
        listener().released();
        domain.setDevPasid(device, PASID, driver.blockedDomain());
        assertThat(unit.memory.load64(((VtdDevice) device).directory().entryAddress(PASID)))
                .isEqualTo(2);
    }

    @Test
    void aTableThatHardwareCannotWalkIsRefused() {
        Mockito.when(addressSpace.levels()).thenReturn(3);
        assertThatThrownBy(() -> driver.allocateSva(addressSpace))
                .isInstanceOfSatisfying(
                        IommuException.class, e -> assertThat(e.errno()).isEqualTo(Errno.EINVAL));
        Mockito.verify(addressSpace, Mockito.never()).addListener(Mockito.any());
    }

    @Test
    void staticDomainsCannotBeFreed() {
        assertThatThrownBy(() -> driver.blockedDomain().free()).hasMessageContaining("EINVAL");
        assertThatThrownBy(() -> driver.identityDomain().free()).hasMessageContaining("EINVAL");
    }
}
