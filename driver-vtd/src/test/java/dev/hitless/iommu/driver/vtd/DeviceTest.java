package dev.hitless.iommu.driver.vtd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hitless.iommu.api.DeviceDescription;
import dev.hitless.iommu.api.Errno;
import dev.hitless.iommu.api.IommuDevice;
import dev.hitless.iommu.api.IommuException;
import dev.hitless.iommu.api.PagingDomain;
import dev.hitless.iommu.api.Pasid;
import dev.hitless.iommu.driver.support.memory.EntryMemory;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Probe and release: context entries, directories, and what is switched on and off in which order. */
class DeviceTest {
    private static final long CACHING_MODE = 1L << 7;

    private final FakeUnit unit = FakeUnit.withEverything();
    private final VtdDriver driver = unit.driver();

    private long contextEntry(int bus, int devfn) {
        long half = (unit.registers[0x20] & -4096L) + bus * 16L + (devfn >= 0x80 ? 8 : 0);
        long table = unit.memory.load64(half);
        assertThat(table & 0xFFF).isEqualTo(1);
        return (table & -4096L) + (devfn & 0x7F) * 32L;
    }

    @Test
    void aContextEntryNamesTheDirectoryAndWhatTheDeviceMayDo() {
        VtdDevice device = (VtdDevice) driver.probe(unit.device("nic", 0x03FF, true));
        long entry = contextEntry(3, 0xFF);
        // P, DTE, PASIDE, PRE, PDTS = 7: 2^14 directory entries for 20 bits.
        assertThat(unit.memory.load64(entry)).isEqualTo(device.directory().address() | 7 << 9 | 0x1D);
        assertThat(unit.memory.load64(entry + 8)).isZero();
        assertThat(unit.memory.allocated).containsEntry(device.directory().address(), 8L << 14);
    }

    @Test
    void withoutAtsNeitherDeviceTlbNorPageRequestsAreEnabled() {
        driver.probe(unit.device("nic", 0x0008, false));
        assertThat(unit.memory.load64(contextEntry(0, 8)) & 0x1F).isEqualTo(0x09);
    }

    @ParameterizedTest
    @CsvSource({"0, 0, 4096", "8, 0, 4096", "13, 0, 4096", "14, 1, 4096", "16, 3, 8192", "20, 7, 131072"})
    void theDirectoryIsAsLargeAsTheDeviceNeeds(int pasidBits, int sizeCode, long bytes) {
        PasidDirectory directory = new PasidDirectory(new EntryMemory(unit.memory, true), pasidBits);
        assertThat(directory.sizeCode()).isEqualTo(sizeCode);
        assertThat(Math.max(4096, unit.memory.allocated.get(directory.address())))
                .isEqualTo(bytes);
    }

    @Test
    void pasidAtsAndPageRequestsAreSwitchedOnInThatOrderAndOffInTheReverse() {
        int mark = unit.log.size();
        IommuDevice device = driver.probe(unit.device("nic", 0x0100, true));
        driver.release(device);
        assertThat(unit.log.subList(mark, unit.log.size()).stream().filter(line -> line.startsWith("nic")))
                .containsExactly(
                        "nic PASID true",
                        "nic ATS true",
                        "nic PRI true",
                        "nic PRI false",
                        "nic ATS false",
                        "nic PASID false");
    }

    @Test
    void releaseClearsTheContextEntryAndFreesTheTablesAfterTheWait() {
        long before = unit.memory.allocatedBytes();
        VtdDevice device = (VtdDevice) driver.probe(unit.device("nic", 0x0100, false));
        driver.allocatePaging(driver.capabilities().formats().get(0))
                .setDevPasid(device, Pasid.of(100), driver.blockedDomain());
        long entry = contextEntry(1, 0);
        int mark = unit.log.size();
        driver.release(device);
        assertThat(unit.memory.load64(entry)).isZero();
        assertThat(unit.warnings).singleElement().asString().contains("nic", "PASID 0x64", "first-stage#1");
        List<String> log = unit.log.subList(mark, unit.log.size());
        assertThat(log.lastIndexOf("wait")).isLessThan(log.indexOf("free"));
        assertThat(unit.commandsSince(mark)).endsWith("context 100", "all entries");
        // What stays: the domain's root, and the context table.
        assertThat(unit.memory.allocatedBytes()).isEqualTo(before + 2 * 4096);
        assertThatThrownBy(() -> driver.release(device))
                .isInstanceOfSatisfying(
                        IommuException.class, e -> assertThat(e.errno()).isEqualTo(Errno.EINVAL));
    }

    @Test
    void aRequesterIdThatIsTakenOrTooLongIsRefused() {
        driver.probe(unit.device("first", 0x0100, false));
        long before = unit.memory.allocatedBytes();
        assertThatThrownBy(() -> driver.probe(unit.device("second", 0x0100, false)))
                .isInstanceOfSatisfying(
                        IommuException.class, e -> assertThat(e.errno()).isEqualTo(Errno.EEXIST));
        assertThatThrownBy(() -> driver.probe(unit.device("third", 0x1_0000, false)))
                .isInstanceOfSatisfying(
                        IommuException.class, e -> assertThat(e.errno()).isEqualTo(Errno.EINVAL));
        assertThat(unit.memory.allocatedBytes()).isEqualTo(before);
    }

    @Test
    void aliasesShareTheDirectory() {
        DeviceDescription description = new DeviceDescription(
                "bridge",
                List.of(0x0100, 0x0200),
                0,
                false,
                0,
                false,
                unit.device("x", 1, false).function());
        driver.probe(description);
        assertThat(unit.memory.load64(contextEntry(1, 0))).isEqualTo(unit.memory.load64(contextEntry(2, 0)));
    }

    @Test
    void noMemoryAtAnyPointOfAProbeChangesNothing() {
        unit.memory.allocationsLeft = 1;
        long before = unit.memory.allocatedBytes();
        assertThatThrownBy(() -> driver.probe(unit.device("nic", 0x0100, true))).hasMessageContaining("ENOMEM");
        assertThat(unit.memory.allocatedBytes()).isEqualTo(before);
        assertThat(unit.log).noneMatch(line -> line.startsWith("nic"));
        unit.memory.allocationsLeft = Integer.MAX_VALUE;
        driver.probe(unit.device("nic", 0x0100, true));
    }

    @Test
    void hardwareThatCachesNotPresentEntriesIsToldOfNewOnes() {
        FakeUnit caching = new FakeUnit(FakeUnit.CAP | CACHING_MODE, FakeUnit.ECAP);
        VtdDriver cachingDriver = caching.driver();
        int mark = caching.log.size();
        IommuDevice device = cachingDriver.probe(caching.device("nic", 0x0100, false));
        assertThat(caching.commandsSince(mark)).containsExactly("all contexts", "all entries", "domain 0");

        PagingDomain second = cachingDriver.allocatePaging(
                cachingDriver.capabilities().formats().get(3));
        mark = caching.log.size();
        second.setDevPasid(device, Pasid.of(5), cachingDriver.blockedDomain());
        assertThat(caching.commandsSince(mark)).containsExactly("all entries", "domain 2");
    }

    @Test
    void withoutSnoopingEveryTableIsCleanedBeforeItIsPublished() {
        FakeUnit plain = new FakeUnit(FakeUnit.CAP, FakeUnit.ECAP & ~1L);
        VtdDriver plainDriver = plain.driver();
        int mark = plain.log.size();
        VtdDevice device = (VtdDevice) plainDriver.probe(plain.device("nic", 0x0100, false));
        String directory = String.format("clean %x %x", device.directory().address(), 8L << 14);
        List<String> log = plain.log.subList(mark, plain.log.size());
        assertThat(log).containsSubsequence(directory, "barrier");
        assertThat(log.indexOf(directory))
                .isLessThan(log.indexOf(log.stream()
                        .filter(line -> line.startsWith("store64"))
                        .findFirst()
                        .orElseThrow()));
        assertThat(log.get(log.size() - 1)).isEqualTo("nic PASID true");
        assertThat(log.get(log.size() - 2)).isEqualTo("barrier");
        assertThat(log.get(log.size() - 3)).startsWith("clean ");
    }

    @Test
    void withoutSnoopingANewLeafIsCleanedBeforeTheDirectoryAndTheDirectoryAfterIt() {
        FakeUnit plain = new FakeUnit(FakeUnit.CAP, FakeUnit.ECAP & ~1L);
        VtdDevice device = (VtdDevice) plain.driver().probe(plain.device("nic", 0x0100, false));
        int mark = plain.log.size();
        device.directory().addLeaf(Pasid.of(64));
        long leaf = device.directory().leaf(Pasid.of(64));
        long pointer = device.directory().address() + 8;
        assertThat(plain.log.subList(mark, plain.log.size()))
                .containsExactly(
                        String.format("clean %x 1000", leaf),
                        "barrier",
                        String.format("store64 %x %x", pointer, leaf | 1),
                        String.format("clean %x 8", pointer),
                        "barrier");
    }

    @Test
    void behindAWriteBufferEveryBarrierFlushesIt() {
        FakeUnit buffered = new FakeUnit(FakeUnit.CAP | 1L << 4, FakeUnit.ECAP);
        VtdDriver bufferedDriver = buffered.driver();
        int mark = buffered.log.size();
        bufferedDriver.probe(buffered.device("nic", 0x0100, false));
        List<String> log = buffered.log.subList(mark, buffered.log.size());
        assertThat(log).contains("barrier");
        for (int i = 0; i < log.size(); i++) {
            if (log.get(i).equals("barrier")) {
                // TE and QIE kept, WBF.
                assertThat(log.get(i + 1)).isEqualTo("write32 18 8c000000");
            }
        }
    }
}
