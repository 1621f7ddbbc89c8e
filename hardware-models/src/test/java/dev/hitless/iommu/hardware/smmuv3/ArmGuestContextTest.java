package dev.hitless.iommu.hardware.smmuv3;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hitless.iommu.hardware.GuestContext;
import dev.hitless.iommu.hardware.Translation;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ArmGuestContextTest {
    private static final long GUEST_OFFSET = 0x40_0000_0000L;

    /** An STE as a hypervisor makes it from the guest's fields. */
    private static void nest(SmmuBench bench, GuestContext guest, long root) {
        bench.ste(
                SmmuBench.SID,
                SmmuBench.STE_VALID
                        | SmmuBench.STE_NESTED
                        | guest.guestRoot()
                        | guest.fields().get("S1Fmt") << 4
                        | guest.fields().get("S1CDMax") << 59,
                guest.fields().get("S1DSS")
                        | guest.fields().get("S1CIR") << 2
                        | guest.fields().get("S1COR") << 4
                        | guest.fields().get("S1CSH") << 6
                        | guest.fields().get("S1STALLD") << 27
                        | guest.fields().get("STRW") << 30,
                SmmuBench.STE2_STAGE2 | (bench.read(0) >>> 24 & 3) / 2L << 57,
                root);
        for (long page : guest.structurePages()) {
            bench.map(root, 0, page + GUEST_OFFSET, 3, page | SmmuBench.S2_PAGE);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"both", "terminate", "forced"})
    void theHardwareWalksWhatTheGuestBuilt(String stallModel) {
        SmmuBench bench = SmmuBench.running("stall-model", stallModel);
        GuestContext guest = bench.model.newGuestContext(bench.bus, 4, page -> page + GUEST_OFFSET);
        guest.pageTable().map(0x1000, 0x7000, 4096, true);
        long root = bench.allocate();
        bench.map(root, 0, 0x7000, 3, 0x9000 | SmmuBench.S2_PAGE);
        nest(bench, guest, root);
        Translation out = bench.translate(SmmuBench.NO_PASID, 0x1008);
        assertThat(out.output(0x1008)).as("%s", out).isEqualTo(0x9008);
        assertThat(bench.translate(0, 0x1008).isFault()).as("CD 0 is reserved").isTrue();
    }

    @Test
    void aSubstreamHasATableAndAnAsidOfItsOwn() {
        SmmuBench bench = SmmuBench.running();
        GuestContext guest = bench.model.newGuestContext(bench.bus, 4, page -> page + GUEST_OFFSET);
        guest.pageTable().map(0x1000, 0x7000, 4096, true);
        long root = bench.allocate();
        bench.map(root, 0, 0x7000, 3, 0x9000 | SmmuBench.S2_PAGE);
        assertThat(guest.pasidTables()).hasSize(1).doesNotContainKey(0);
        guest.pasidTables().forEach((pasid, table) -> {
            table.map(0x2000, 0x7000, 4096, true);
            nest(bench, guest, root);
            assertThat(bench.translate(pasid, 0x2008).output(0x2008)).isEqualTo(0x9008);
            assertThat(bench.translate(pasid, 0x1008).isFault()).isTrue();
            assertThat(bench.bus.read64(guest.guestRoot() - GUEST_OFFSET + pasid * 64L) >>> 48)
                    .isNotEqualTo(bench.bus.read64(guest.guestRoot() - GUEST_OFFSET) >>> 48);
        });
    }

    @Test
    void aGuestWithoutSubstreamsHasOneDescriptor() {
        SmmuBench bench = SmmuBench.running("substreams", "no");
        GuestContext guest = bench.model.newGuestContext(bench.bus, 0, page -> page + GUEST_OFFSET);
        assertThat(guest.fields()).containsEntry("S1CDMax", 0L);
        assertThat(guest.pasidTables()).isEmpty();
        guest.pageTable().map(0x1000, 0x7000, 4096, true);
        long root = bench.allocate();
        bench.map(root, 0, 0x7000, 3, 0x9000 | SmmuBench.S2_PAGE);
        nest(bench, guest, root);
        assertThat(bench.translate(SmmuBench.NO_PASID, 0x1000).output(0x1000)).isEqualTo(0x9000);
    }

    @Test
    void guestsChooseDifferentAsids() {
        SmmuBench bench = SmmuBench.running();
        GuestContext first = bench.model.newGuestContext(bench.bus, 4, page -> page);
        GuestContext second = bench.model.newGuestContext(bench.bus, 4, page -> page);
        assertThat(bench.bus.read64(first.guestRoot()) >>> 48).isEqualTo(1);
        assertThat(bench.bus.read64(second.guestRoot()) >>> 48).isEqualTo(2);
    }

    @Test
    void freeingGivesEverythingBack() {
        SmmuBench bench = SmmuBench.running();
        int before = bench.bus.pageCount();
        GuestContext guest = bench.model.newGuestContext(bench.bus, 4, page -> page);
        guest.pageTable().map(0, 0, 4096, true);
        assertThat(guest.structurePages()).hasSize(6);
        assertThat(bench.bus.pageCount()).isEqualTo(before + 6);
        guest.free();
        assertThat(bench.bus.pageCount()).isEqualTo(before);
    }
}
