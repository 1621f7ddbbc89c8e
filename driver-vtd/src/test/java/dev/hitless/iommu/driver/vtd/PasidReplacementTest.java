package dev.hitless.iommu.driver.vtd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hitless.iommu.api.Errno;
import dev.hitless.iommu.api.IommuDevice;
import dev.hitless.iommu.api.IommuDomain;
import dev.hitless.iommu.api.IommuException;
import dev.hitless.iommu.api.NestedConfig;
import dev.hitless.iommu.api.PagingDomain;
import dev.hitless.iommu.api.Pasid;
import dev.hitless.iommu.api.ReplaceGuarantee;
import dev.hitless.iommu.api.Stage;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Which way each replacement goes, and what is dropped from which cache in which order. Domain ids start at 2. */
class PasidReplacementTest {
    private static final Pasid PASID = Pasid.of(5);

    private final FakeUnit unit = FakeUnit.withEverything();
    private final VtdDriver driver = unit.driver();
    private final IommuDevice device = driver.probe(unit.device("nic", 0x0123, false));
    private final IommuDomain blocked = driver.blockedDomain();
    private final PagingDomain first = paging(Stage.FIRST);
    private final PagingDomain otherFirst = paging(Stage.FIRST);
    private final PagingDomain second = paging(Stage.SECOND);

    private PagingDomain paging(Stage stage) {
        return driver.allocatePaging(driver.capabilities().formats().stream()
                .filter(format -> format.stage() == stage)
                .findFirst()
                .orElseThrow());
    }

    private List<String> logOf(Runnable operation) {
        int mark = unit.log.size();
        operation.run();
        return List.copyOf(unit.log.subList(mark, unit.log.size()));
    }

    private static List<String> only(List<String> log, String start) {
        return log.stream().filter(line -> line.startsWith(start)).toList();
    }

    private long entry(int word) {
        PasidDirectory directory = ((VtdDevice) device).directory();
        return unit.memory.load64(directory.entryAddress(PASID) + 8L * word);
    }

    @Test
    void attachMakesAnEntryPresentWithItsLastStore() {
        List<String> log = logOf(() -> first.setDevPasid(device, PASID, blocked));
        assertThat(only(log, "plan")).containsExactly("plan in-place");
        assertThat(only(log, "store128")).hasSize(2).last().asString().contains(Long.toHexString(entry(0)));
        assertThat(entry(0)).isEqualTo(0x4DL);
        assertThat(entry(1)).isEqualTo(0x80_0002L);
        assertThat(driver.attachments(device)).isEqualTo(Map.of(PASID, first));
    }

    @Test
    void firstStageToFirstStageIsOneStoreToTheDirectory() {
        first.setDevPasid(device, PASID, blocked);
        PasidDirectory directory = ((VtdDevice) device).directory();
        long oldLeaf = directory.leaf(PASID);
        List<String> log = logOf(() -> otherFirst.setDevPasid(device, PASID, first));
        assertThat(only(log, "plan")).containsExactly("plan leaf-swap");
        assertThat(only(log, "store128")).isEmpty();
        assertThat(only(log, String.format("store64 %x", directory.address())))
                .containsExactly(String.format("store64 %x %x", directory.address(), directory.leaf(PASID) | 1));
        assertThat(directory.leaf(PASID)).isNotEqualTo(oldLeaf);
        assertThat(unit.memory.allocated).doesNotContainKey(oldLeaf);
        assertThat(log)
                .filteredOn(line -> line.startsWith("command") || line.equals("wait") || line.equals("free"))
                .containsExactly("command all entries", "wait", "command pasid 5 of domain 2", "wait", "free");
    }

    @Test
    void firstStageToSecondStageIsOneStoreToTheEntryAndCleansUnderTheOldId() {
        first.setDevPasid(device, PASID, blocked);
        List<String> log = logOf(() -> second.setDevPasid(device, PASID, first));
        assertThat(only(log, "plan")).containsExactly("plan in-place");
        assertThat(only(log, "command").get(0)).isEqualTo("command entry of pasid 5 with domain 2");
        assertThat(only(log, "command")).endsWith("command pasid 5 of domain 2");
        assertThat(entry(2)).isZero();
    }

    @Test
    void whatSecondStageLeftIsNotDroppedByPasid() {
        second.setDevPasid(device, PASID, blocked);
        List<String> log = logOf(() -> first.setDevPasid(device, PASID, second));
        assertThat(only(log, "command")).endsWith("command domain 4");
    }

    @Test
    void whatNestedLeftIsDroppedBothWays() {
        IommuDomain nested = driver.allocateNested(second, new NestedConfig(0x1000, 4, Map.of()));
        nested.setDevPasid(device, PASID, blocked);
        List<String> log = logOf(() -> first.setDevPasid(device, PASID, nested));
        assertThat(only(log, "plan")).containsExactly("plan leaf-swap");
        assertThat(only(log, "command")).endsWith("command domain 5", "command pasid 5 of domain 5");
    }

    @Test
    void removalClearsPresentWithOneStoreAndWipesAfterTheWait() {
        first.setDevPasid(device, PASID, blocked);
        List<String> log = logOf(() -> blocked.setDevPasid(device, PASID, first));
        int cleared = log.indexOf(only(log, "store128").get(0));
        int waited = log.indexOf("wait");
        int wiped = log.lastIndexOf(only(log, "store128").get(1));
        assertThat(cleared).isLessThan(waited);
        assertThat(waited).isLessThan(wiped);
        assertThat(List.of(entry(0), entry(1), entry(2))).containsOnly(0L);
        assertThat(driver.attachments(device)).isEmpty();
    }

    @Test
    void without128BitStoresEveryChangeOfALiveEntryIsALeafSwap() {
        unit.memory.store128 = false;
        VtdDriver other = unit.driver();
        IommuDevice nic = other.probe(unit.device("other", 0x0200, false));
        IommuDomain a = other.allocatePaging(first.format());
        IommuDomain b = other.allocatePaging(second.format());
        a.setDevPasid(nic, PASID, other.blockedDomain());
        assertThat(only(logOf(() -> b.setDevPasid(nic, PASID, a)), "plan")).containsExactly("plan leaf-swap");
        assertThat(only(logOf(() -> other.blockedDomain().setDevPasid(nic, PASID, b)), "plan"))
                .containsExactly("plan in-place");
    }

    @Test
    void devicesForgetAfterTheIotlbAndByPasid() {
        IommuDevice ats = driver.probe(unit.device("ats", 0x0300, true));
        first.setDevPasid(ats, PASID, blocked);
        first.setDevPasid(ats, Pasid.NONE, blocked);
        assertThat(only(logOf(() -> second.setDevPasid(ats, PASID, first)), "command"))
                .containsSubsequence("command pasid 5 of domain 2", "command device 300 pasid 5");
        assertThat(only(logOf(() -> second.setDevPasid(ats, Pasid.NONE, first)), "command"))
                .containsSubsequence("command pasid 0 of domain 2", "command device 300");
    }

    @Test
    void nothingIsSentToADeviceThatIsGone() {
        var description = unit.device("gone", 0x0400, true);
        IommuDevice gone = driver.probe(description);
        first.setDevPasid(gone, PASID, blocked);
        ((FakeUnit.Function) description.function()).present = false;
        assertThat(only(logOf(() -> blocked.setDevPasid(gone, PASID, first)), "command device"))
                .isEmpty();
    }

    @Test
    void noMemoryForTheNewLeafChangesNothing() {
        first.setDevPasid(device, PASID, blocked);
        long before = unit.memory.allocatedBytes();
        unit.memory.allocationsLeft = 0;
        assertThatThrownBy(() -> otherFirst.setDevPasid(device, PASID, first))
                .isInstanceOfSatisfying(
                        IommuException.class, e -> assertThat(e.errno()).isEqualTo(Errno.ENOMEM));
        assertThat(unit.memory.allocatedBytes()).isEqualTo(before);
        assertThat(driver.attachments(device)).isEqualTo(Map.of(PASID, first));
        assertThat(entry(1)).isEqualTo(0x80_0002L);
        otherFirst.free();
    }

    @Test
    void aCommandThatIsRejectedOnceIsAskedForAgain() {
        first.setDevPasid(device, PASID, blocked);
        unit.moods.add(FakeUnit.Mood.REJECTS);
        otherFirst.setDevPasid(device, PASID, first);
        assertThat(driver.attachments(device)).isEqualTo(Map.of(PASID, otherFirst));
    }

    @Test
    void hardwareThatStopsAnsweringLeavesThePasidBlockedAndBothDomainsInUse() {
        first.setDevPasid(device, PASID, blocked);
        for (int i = 0; i < 100; i++) {
            unit.moods.add(FakeUnit.Mood.DEAD);
        }
        assertThatThrownBy(() -> otherFirst.setDevPasid(device, PASID, first))
                .isInstanceOfSatisfying(
                        IommuException.class, e -> assertThat(e.errno()).isEqualTo(Errno.ETIMEDOUT));
        assertThat(entry(0) & 1).isZero();
        assertThat(unit.warnings).singleElement().asString().contains("nic, PASID 0x5: blocked");
        assertThat(driver.attachments(device)).isEmpty();
        assertThatThrownBy(first::free).hasMessageContaining("EBUSY");
        assertThatThrownBy(otherFirst::free).hasMessageContaining("EBUSY");

        unit.moods.clear();
        List<String> log = logOf(() -> blocked.setDevPasid(device, PASID, blocked));
        assertThat(only(log, "command"))
                .containsSubsequence(
                        "command all entries", "command pasid 5 of domain 2", "command pasid 5 of domain 3");
        otherFirst.free();
        first.free();
    }

    @Test
    void everythingThatIsPossibleIsHitless() {
        assertThat(driver.replaceGuarantee(device, PASID, first, otherFirst)).isEqualTo(ReplaceGuarantee.HITLESS);
        assertThat(driver.replaceGuarantee(device, Pasid.of(0xFFFFF), blocked, first))
                .isEqualTo(ReplaceGuarantee.HITLESS);
        FakeUnit foreign = FakeUnit.withEverything();
        assertThat(driver.replaceGuarantee(
                        device, PASID, first, foreign.driver().blockedDomain()))
                .isEqualTo(ReplaceGuarantee.UNSUPPORTED);
    }

    @Test
    void whatIsNotAttachedCannotBeReplaced() {
        first.setDevPasid(device, PASID, blocked);
        assertThatThrownBy(() -> second.setDevPasid(device, PASID, blocked))
                .isInstanceOfSatisfying(
                        IommuException.class, e -> assertThat(e.errno()).isEqualTo(Errno.EINVAL));
        assertThatThrownBy(() -> second.setDevPasid(device, PASID, otherFirst))
                .isInstanceOfSatisfying(
                        IommuException.class, e -> assertThat(e.errno()).isEqualTo(Errno.EINVAL));
        assertThat(driver.attachments(device)).isEqualTo(Map.of(PASID, first));
    }

    @Test
    void pasidsBeyondTheDeviceAreRefused() {
        var narrow = new dev.hitless.iommu.api.DeviceDescription(
                "narrow",
                List.of(0x0500),
                8,
                false,
                0,
                false,
                unit.device("narrow", 0x0500, false).function());
        IommuDevice probed = driver.probe(narrow);
        assertThat(probed.maxPasids()).isEqualTo(256);
        assertThatThrownBy(() -> first.setDevPasid(probed, Pasid.of(256), blocked))
                .isInstanceOfSatisfying(
                        IommuException.class, e -> assertThat(e.errno()).isEqualTo(Errno.EINVAL));
        first.setDevPasid(probed, Pasid.of(255), blocked);
    }

    @Test
    void aFreedDomainCannotBeAttachedNorFreedAgain() {
        first.free();
        assertThatThrownBy(() -> first.setDevPasid(device, PASID, blocked)).hasMessageContaining("EINVAL");
        assertThatThrownBy(first::free).hasMessageContaining("EINVAL");
        assertThat(driver.attachments(device)).isEmpty();
    }

    @Test
    void anAttachedDomainIsNotFreed() {
        first.setDevPasid(device, PASID, blocked);
        assertThatThrownBy(first::free).hasMessageContaining("EBUSY");
        blocked.setDevPasid(device, PASID, first);
        first.free();
    }
}
