package dev.hitless.iommu.hardware.amdvi;

import static dev.hitless.iommu.hardware.amdvi.AmdviMachine.CONTROL;
import static dev.hitless.iommu.hardware.amdvi.AmdviMachine.DEVICE;
import static dev.hitless.iommu.hardware.amdvi.AmdviMachine.EVERYTHING_ON;
import static dev.hitless.iommu.hardware.amdvi.AmdviMachine.NO_PASID;
import static org.assertj.core.api.Assertions.assertThat;

import dev.hitless.iommu.hardware.CpuPageTable;
import dev.hitless.iommu.hardware.DmaRequest;
import dev.hitless.iommu.hardware.StructureKind;
import dev.hitless.iommu.hardware.StructureKind.FetchOrder;
import dev.hitless.iommu.hardware.Translation;
import dev.hitless.iommu.hardware.amdvi.AmdviCaches.TranslationKind;
import dev.hitless.iommu.hardware.amdvi.RecordingReader.Retained;
import java.util.function.LongUnaryOperator;
import org.junit.jupiter.api.Test;

/** What the walker asks of its reader: what it fetches how, what it lets be cached, what it looks up. */
class CacheTagTest {
    private static final long RW = 0x6000_0000_0000_0001L;
    private static final long IOVA = 0x4020_1000L;
    private static final int PASID = 0x2_01;

    private final AmdviMachine machine = new AmdviMachine();
    private final RecordingReader reader = new RecordingReader(machine.bus);

    private static void hostTables(AmdviMachine machine, Dte dte) {
        long level3 = machine.page();
        long level2 = machine.page();
        long level1 = machine.page();
        machine.entry(level3, 1, level2 | RW | 2 << 9);
        machine.entry(level2, 1, level1 | RW | 1 << 9);
        machine.entry(level1, 1, 0xABC_D000 | RW);
        machine.set(DEVICE, dte.host(3, level3));
    }

    private static void guestTables(AmdviMachine machine, Dte dte) {
        long top = machine.page();
        long leaf = machine.page();
        CpuPageTable table = machine.model.newCpuPageTable(machine.bus, 4, LongUnaryOperator.identity());
        table.map(IOVA, 0xABC_D000, 0x1000, true);
        machine.entry(top, PASID >>> 9, leaf | 1);
        machine.entry(leaf, PASID & 0x1FF, table.rootAddress() | 1);
        machine.set(DEVICE, dte.guest(1, top));
    }

    @Test
    void aHostWalkKeepsTheEntryAndTheDirectoriesAndOffersTheTranslation() {
        hostTables(machine, Dte.translating(0x55));

        Translation out = machine.walk(NO_PASID, IOVA, reader);

        long tag = AmdviCaches.tag(TranslationKind.HOST, 0x55, 0);
        assertThat(reader.retained)
                .containsExactly(
                        new Retained(AmdviCaches.DTE, DEVICE, 0, 0),
                        new Retained(AmdviCaches.DIRECTORY, tag, 0x4000_0000L, 1L << 30),
                        new Retained(AmdviCaches.DIRECTORY, tag, 0x4020_0000L, 1L << 21));
        assertThat(reader.lookups).containsExactly(new RecordingReader.Lookup(AmdviCaches.IOTLB, tag, IOVA, 1));
        assertThat(out.cache()).isEqualTo(AmdviCaches.IOTLB);
        assertThat(out.tag()).isEqualTo(tag);
    }

    @Test
    void aGuestWalkKeepsGcr3EntriesUnderDomainIdAndPasid() {
        guestTables(machine, Dte.translating(0x55));

        Translation out = machine.walk(PASID, IOVA, reader);

        long tag = AmdviCaches.tag(TranslationKind.GUEST, 0x55, PASID);
        long gcr3Tag = AmdviCaches.gcr3Tag(0x55, PASID);
        assertThat(reader.retained)
                .containsExactly(
                        new Retained(AmdviCaches.DTE, DEVICE, 0, 0),
                        new Retained(AmdviCaches.GCR3, gcr3Tag, 0, 0),
                        new Retained(AmdviCaches.GCR3, gcr3Tag, 0, 0),
                        new Retained(AmdviCaches.DIRECTORY, tag, 0, 1L << 39),
                        new Retained(AmdviCaches.DIRECTORY, tag, 0x4000_0000L, 1L << 30),
                        new Retained(AmdviCaches.DIRECTORY, tag, 0x4020_0000L, 1L << 21));
        assertThat(reader.lookups)
                .as("the IOTLB is looked up before the GCR3 table is read")
                .containsExactly(new RecordingReader.Lookup(AmdviCaches.IOTLB, tag, IOVA, 1));
        assertThat(out.tag()).isEqualTo(tag);
    }

    @Test
    void entriesThatPassThroughOrBlockAreCachedAndIllegalOnesAreNot() {
        machine.walk(NO_PASID, IOVA, reader);
        assertThat(reader.retained).containsExactly(new Retained(AmdviCaches.DTE, DEVICE, 0, 0));

        machine.set(DEVICE, Dte.blocked());
        machine.walk(NO_PASID, IOVA, reader);
        assertThat(reader.retained).hasSize(2);

        machine.set(DEVICE, Dte.translating(5).flip(2));
        machine.walk(NO_PASID, IOVA, reader);
        assertThat(reader.retained).hasSize(2);
    }

    @Test
    void anEntryThatIsNotValidHasOneWordThatDecides() {
        machine.walk(NO_PASID, IOVA, reader);
        assertThat(reader.words).containsExactly("DTE 0");
    }

    @Test
    void everyWordIsAskedForOnce() {
        guestTables(machine, Dte.translating(0x55));
        machine.walk(PASID, IOVA, reader);
        assertThat(reader.words)
                .containsExactly(
                        "DTE 0",
                        "DTE 1",
                        "DTE 2",
                        "DTE 3",
                        "GCR3 entry 0",
                        "GCR3 entry 0",
                        "guest page-table entry 0",
                        "guest page-table entry 0",
                        "guest page-table entry 0",
                        "guest page-table entry 0");
        assertThat(reader.addresses).doesNotHaveDuplicates();
    }

    @Test
    void notPresentEntriesAreCachedOnlyByHardwareThatSaysSo() {
        hostTables(machine, Dte.translating(0x55));
        machine.walk(NO_PASID, IOVA + 0x1000, reader);
        assertThat(reader.retained).extracting(Retained::cache).doesNotContain(AmdviCaches.IOTLB);

        AmdviMachine caching = new AmdviMachine("non-present-cache", "yes");
        RecordingReader cachingReader = new RecordingReader(caching.bus);
        hostTables(caching, Dte.translating(0x55));
        caching.walk(NO_PASID, IOVA + 0x1000, cachingReader);
        caching.walk(NO_PASID, IOVA + (1 << 21), cachingReader);
        long tag = AmdviCaches.tag(TranslationKind.HOST, 0x55, 0);
        assertThat(cachingReader.retained)
                .contains(
                        new Retained(AmdviCaches.IOTLB, tag, IOVA + 0x1000, 0x1000),
                        new Retained(AmdviCaches.IOTLB, tag, 0x4040_0000L, 1 << 21));
    }

    @Test
    void notPresentGuestAndGcr3EntriesAreCachedOnlyByHardwareThatSaysSo() {
        guestTables(machine, Dte.translating(0x55));
        machine.walk(PASID, IOVA + 0x1000, reader);
        machine.walk(PASID + 1, IOVA, reader);
        assertThat(reader.retained)
                .doesNotContain(new Retained(AmdviCaches.GCR3, AmdviCaches.gcr3Tag(0x55, PASID + 2), 0, 0))
                .extracting(Retained::cache)
                .doesNotContain(AmdviCaches.IOTLB);

        AmdviMachine caching = new AmdviMachine("non-present-cache", "yes");
        RecordingReader cachingReader = new RecordingReader(caching.bus);
        guestTables(caching, Dte.translating(0x55));
        caching.walk(PASID, IOVA + 0x1000, cachingReader);
        caching.walk(PASID + 0x200, IOVA, cachingReader);
        caching.entry(cachingReader.addresses.get(2) & -4096L, PASID + 1 & 0x1FF, 3);
        caching.walk(PASID + 1, IOVA, cachingReader);
        assertThat(cachingReader.retained)
                .contains(
                        new Retained(
                                AmdviCaches.IOTLB,
                                AmdviCaches.tag(TranslationKind.GUEST, 0x55, PASID),
                                IOVA + 0x1000,
                                0x1000),
                        new Retained(AmdviCaches.GCR3, AmdviCaches.gcr3Tag(0x55, PASID + 0x200), 0, 0));
        assertThat(cachingReader.retained)
                .filteredOn(retained -> retained.tag() == AmdviCaches.gcr3Tag(0x55, PASID + 1))
                .as("the upper entry, but not the illegal lower one")
                .hasSize(1);
    }

    @Test
    void aHitEndsTheWalkAndIsRestrictedByTheEntryThatHit() {
        hostTables(machine, Dte.translating(0x55).withoutWrite());
        Translation line = new Translation();
        line.translated(0x4020_1000L, 0x9_9000, 0x1000, Translation.READ | Translation.WRITE, 0);

        Translation out = machine.walk(NO_PASID, IOVA, reader.hitting(line));

        assertThat(out.output(IOVA)).isEqualTo(0x9_9000);
        assertThat(out.permissions()).isEqualTo(Translation.READ);
        assertThat(reader.kinds).hasSize(1);
    }

    @Test
    void aDeviceTableEntryIsOneReadUnlessAskedForLess() {
        machine.walk(NO_PASID, IOVA, reader);
        assertThat(reader.kinds.get(0)).isEqualTo(new StructureKind("DTE", 4, 4, FetchOrder.WHOLE, 0, true));

        assertThat(fetchOf("128")).isEqualTo(new StructureKind("DTE", 4, 2, FetchOrder.ANY, 0, true));
        assertThat(fetchOf("64")).isEqualTo(new StructureKind("DTE", 4, 1, FetchOrder.ANY, 0, true));
    }

    private static StructureKind fetchOf(String bits) {
        AmdviMachine machine = new AmdviMachine("dte-fetch-bits", bits);
        RecordingReader reader = new RecordingReader(machine.bus);
        machine.walk(NO_PASID, IOVA, reader);
        return reader.kinds.get(0);
    }

    @Test
    void halvesReadAtDifferentInstantsAreTakenAsTheyCame() {
        // The lower half is new (GV=1), the upper half still old (four levels): five-level tables are walked wrongly.
        AmdviMachine torn = new AmdviMachine("dte-fetch-bits", "128");
        long gcr3 = torn.page();
        CpuPageTable table = torn.model.newCpuPageTable(torn.bus, 5, LongUnaryOperator.identity());
        table.map(IOVA, 0xABC_D000, 0x1000, true);
        torn.entry(gcr3, 1, table.rootAddress() | 1);
        torn.set(DEVICE, Dte.translating(5).guest(0, gcr3).fiveGuestLevels());
        RecordingReader late = new RecordingReader(torn.bus).script(torn.deviceTable + DEVICE * 32L + 16, 0);

        assertThat(torn.dmaRead(1, IOVA).output(IOVA)).isEqualTo(0xABC_D000);
        assertThat(torn.walk(1, IOVA, late).isFault()).isTrue();
    }

    @Test
    void snoopingFollowsControlForTheTableAndTheEntryForTheRest() {
        machine.write(CONTROL, EVERYTHING_ON & ~(1L << 10));
        hostTables(machine, Dte.translating(0x55));
        machine.walk(NO_PASID, IOVA, reader);
        assertThat(reader.kinds).extracting(StructureKind::snooped).containsExactly(false, true, true, true);

        machine.write(CONTROL, EVERYTHING_ON);
        hostTables(machine, Dte.translating(0x55).snoopDisabled());
        RecordingReader second = new RecordingReader(machine.bus);
        machine.walk(NO_PASID, IOVA, second);
        assertThat(second.kinds).extracting(StructureKind::snooped).containsExactly(true, false, false, false);

        guestTables(machine, Dte.translating(0x55).snoopDisabled());
        RecordingReader third = new RecordingReader(machine.bus);
        machine.walk(PASID, IOVA, third);
        assertThat(third.kinds)
                .extracting(StructureKind::snooped)
                .startsWith(true)
                .containsOnlyOnce(true);
    }

    @Test
    void deviceTagsTellDevicesAndPasidsApart() {
        long none = machine.model.walker().deviceTag(new DmaRequest(DEVICE, NO_PASID, 0, false, true));
        long zero = machine.model.walker().deviceTag(new DmaRequest(DEVICE, 0, 0, false, true));
        long other = machine.model.walker().deviceTag(new DmaRequest(DEVICE + 1, NO_PASID, 0, false, true));

        assertThat(none).isNotEqualTo(zero).isNotEqualTo(other);
        assertThat(AmdviCaches.pasidOfDeviceTag(none)).isEqualTo(-1);
        assertThat(AmdviCaches.pasidOfDeviceTag(zero)).isZero();
        assertThat(AmdviCaches.deviceIdOf(other)).isEqualTo(DEVICE + 1);
        assertThat(machine.model.walker().deviceCache()).isEqualTo(AmdviCaches.DEVICE_IOTLB);
        assertThat(machine.model.caches()).contains(AmdviCaches.DEVICE_IOTLB, AmdviCaches.GCR3, AmdviCaches.DTE);
    }
}
