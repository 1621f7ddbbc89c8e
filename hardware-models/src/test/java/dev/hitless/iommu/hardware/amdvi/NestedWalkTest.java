package dev.hitless.iommu.hardware.amdvi;

import static dev.hitless.iommu.hardware.amdvi.AmdviMachine.CONTROL;
import static dev.hitless.iommu.hardware.amdvi.AmdviMachine.DEVICE;
import static dev.hitless.iommu.hardware.amdvi.AmdviMachine.EVERYTHING_ON;
import static dev.hitless.iommu.hardware.amdvi.AmdviMachine.NO_PASID;
import static dev.hitless.iommu.hardware.amdvi.DeviceTableTest.assertFault;
import static org.assertj.core.api.Assertions.assertThat;

import dev.hitless.iommu.hardware.CpuPageTable;
import dev.hitless.iommu.hardware.FaultClass;
import dev.hitless.iommu.hardware.GuestContext;
import dev.hitless.iommu.hardware.Translation;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Guest memory is host memory at an offset of 1 TiB; the host table maps it by 4 KiB pages. */
class NestedWalkTest {
    private static final long GUEST_OFFSET = 1L << 40;
    private static final long RW = 0x6000_0000_0000_0001L;
    private static final long GVA = 0x7000_1000L;
    private static final long GCR3_ROOT_IS_GUEST_PHYSICAL = 1L << 58;

    private final AmdviMachine machine = new AmdviMachine();
    private final long hostRoot = machine.page();
    private final GuestContext guest =
            machine.model.newGuestContext(machine.bus, 4, physical -> physical + GUEST_OFFSET);
    private final long data = machine.page();

    @BeforeEach
    void nest() {
        machine.write(CONTROL, EVERYTHING_ON | GCR3_ROOT_IS_GUEST_PHYSICAL);
        guest.pageTable().map(GVA, data + GUEST_OFFSET, 0x1000, true);
        guest.structurePages().forEach(page -> mapHost(page + GUEST_OFFSET, page | RW));
        mapHost(data + GUEST_OFFSET, data | RW);
        machine.set(DEVICE, nested());
    }

    private Dte nested() {
        return Dte.translating(0x77)
                .host(4, hostRoot)
                .guest(0, guest.guestRoot())
                .guestWithoutPasid();
    }

    /** Writes {@code leaf} for {@code address} into the host table. */
    private void mapHost(long address, long leaf) {
        long table = hostRoot;
        for (int level = 4; level > 1; level--) {
            int index = (int) (address >>> (3 + 9 * level) & 0x1FF);
            long entry = machine.bus.load64(table + index * 8L);
            if (entry == 0) {
                entry = machine.page() | RW | (level - 1) << 9;
                machine.entry(table, index, entry);
            }
            table = entry & 0xF_FFFF_FFFF_F000L;
        }
        machine.entry(table, (int) (address >>> 12 & 0x1FF), leaf);
    }

    @Test
    void guestAddressesGoThroughBothTables() {
        Translation out = machine.dmaWrite(NO_PASID, GVA + 0x123);

        assertThat(out.isFault()).as(out.toString()).isFalse();
        assertThat(out.output(GVA + 0x123)).isEqualTo(data + 0x123);
    }

    @Test
    void aPasidOfTheGuestHasATableOfItsOwn() {
        assertThat(guest.pasidTables()).hasSize(2).containsEntry(0, guest.pageTable());
        guest.pasidTables().forEach((pasid, table) -> {
            if (pasid != 0) {
                table.map(GVA + 0x1000, data + GUEST_OFFSET, 0x1000, true);
                guest.structurePages().forEach(page -> mapHost(page + GUEST_OFFSET, page | RW));
                assertThat(machine.dmaWrite(pasid, GVA + 0x1123).output(GVA + 0x1123))
                        .isEqualTo(data + 0x123);
                assertThat(machine.dmaWrite(pasid, GVA).isFault()).isTrue();
            }
        });
    }

    @Test
    void theGuestProgramsTheFieldsThatTheModelWalksBy() {
        assertThat(guest.fields())
                .containsEntry("GIoV", 1L)
                .containsEntry("GLX", 0L)
                .containsEntry("GuestPagingMode", 0L)
                .containsKey("gDomID");
        assertThat(machine.model
                        .newGuestContext(machine.bus, 5, a -> a)
                        .fields()
                        .get("GuestPagingMode"))
                .isEqualTo(1L);
    }

    @Test
    void withoutGiovTheHostTableAloneServesRequestsWithoutPasid() {
        machine.set(DEVICE, Dte.translating(0x77).host(4, hostRoot).guest(0, guest.guestRoot()));

        assertThat(machine.dmaRead(NO_PASID, data + GUEST_OFFSET).output(data + GUEST_OFFSET))
                .isEqualTo(data);
        assertThat(machine.dmaRead(0, GVA).output(GVA)).isEqualTo(data);
    }

    @Test
    void theRootIsSystemPhysicalUnlessControlSaysOtherwise() {
        machine.write(CONTROL, EVERYTHING_ON);
        assertFault(machine.dmaRead(NO_PASID, GVA), FaultClass.ACCESS, 4);

        machine.set(
                DEVICE,
                Dte.translating(0x77)
                        .host(4, hostRoot)
                        .guest(0, guest.guestRoot() - GUEST_OFFSET)
                        .guestWithoutPasid());
        assertThat(machine.dmaRead(NO_PASID, GVA).output(GVA)).isEqualTo(data);
    }

    @Test
    void aGuestStructureThatTheHostDoesNotMapFaults() {
        for (long page : guest.structurePages()) {
            if (page == guest.pasidTables().get(0x2A).rootAddress()) {
                continue;
            }
            mapHost(page + GUEST_OFFSET, 0);
            assertFault(machine.dmaRead(NO_PASID, GVA), FaultClass.NOT_MAPPED, 2);
            mapHost(page + GUEST_OFFSET, page | 1 | 1L << 62);
            assertFault(machine.dmaRead(NO_PASID, GVA), FaultClass.PERMISSION, 2);
            mapHost(page + GUEST_OFFSET, page | RW);
        }
        assertThat(machine.dmaRead(NO_PASID, GVA).isFault()).isFalse();
    }

    @Test
    void bothTablesMustAllowTheAccess() {
        mapHost(data + GUEST_OFFSET, data | 1 | 1L << 61);
        assertThat(machine.dmaRead(NO_PASID, GVA).isFault()).isFalse();
        assertFault(machine.dmaWrite(NO_PASID, GVA), FaultClass.PERMISSION, 2);

        mapHost(data + GUEST_OFFSET, data | RW);
        guest.pageTable().map(GVA, data + GUEST_OFFSET, 0x1000, false);
        assertFault(machine.dmaWrite(NO_PASID, GVA), FaultClass.PERMISSION, 2);

        mapHost(data + GUEST_OFFSET, 0);
        assertFault(machine.dmaRead(NO_PASID, GVA), FaultClass.NOT_MAPPED, 2);
    }

    @Test
    void theSmallerOfTheTwoPagesCounts() {
        guest.pageTable().map(0x4000_0000L, data + GUEST_OFFSET & -0x20_0000L, 0x20_0000, true);
        guest.structurePages().forEach(page -> mapHost(page + GUEST_OFFSET, page | RW));
        long gva = 0x4000_0000L + (data & 0x1F_FFFF);

        Translation out = machine.dmaRead(NO_PASID, gva);

        assertThat(out.pageBytes()).isEqualTo(0x1000);
        assertThat(out.inputPage()).isEqualTo(gva);
        assertThat(out.outputPage()).isEqualTo(data);
    }

    @Test
    void aGuestPageOf4KibOnALargeHostPageIsSmall() {
        long level3 = machine.page();
        long level2 = machine.page();
        long gcr3 = machine.page();
        machine.entry(level3, 0, level2 | RW | 2 << 9);
        machine.entry(level2, 0, RW);
        machine.entry(level2, 1, 0x20_0000 | RW);
        CpuPageTable identityTable = machine.model.newCpuPageTable(machine.bus, 4, address -> address);
        identityTable.map(GVA, 0x1000, 0x1000, true);
        machine.entry(gcr3, 0, identityTable.rootAddress() | 1);
        machine.set(DEVICE, Dte.translating(0x77).host(3, level3).guest(0, gcr3).guestWithoutPasid());

        Translation out = machine.dmaRead(NO_PASID, GVA);

        assertThat(out.pageBytes()).as(out.toString()).isEqualTo(0x1000);
        assertThat(out.inputPage()).isEqualTo(GVA);
        assertThat(out.outputPage()).isEqualTo(0x1000);
    }

    @Test
    void belowTheRootEveryGcr3PointerIsGuestPhysical() {
        machine.write(CONTROL, EVERYTHING_ON);
        long top = machine.page();
        machine.entry(top, 0, guest.guestRoot() | 1);
        machine.set(
                DEVICE, Dte.translating(0x77).host(4, hostRoot).guest(1, top).guestWithoutPasid());

        assertThat(machine.dmaRead(NO_PASID, GVA).output(GVA)).isEqualTo(data);
    }

    @Test
    void attributesOfBothTablesAreKept() {
        mapHost(data + GUEST_OFFSET, data | RW | 1L << 60);
        assertThat(machine.dmaRead(NO_PASID, GVA).attributes()).isEqualTo(MemoryAttributes.FORCE_COHERENT);
    }

    @Test
    void nestedTranslationsHaveTheirOwnTagAndHostLinesKeepTheHostsTag() {
        RecordingReader reader = new RecordingReader(machine.bus);
        Translation out = machine.walk(NO_PASID, GVA, reader);

        assertThat(out.tag()).isEqualTo(AmdviCaches.tag(AmdviCaches.TranslationKind.NESTED, 0x77, 0));
        assertThat(reader.lookups).hasSize(1);
        assertThat(reader.retained)
                .contains(new RecordingReader.Retained(
                        AmdviCaches.IOTLB,
                        AmdviCaches.tag(AmdviCaches.TranslationKind.HOST, 0x77, 0),
                        data + GUEST_OFFSET,
                        0x1000));
    }
}
