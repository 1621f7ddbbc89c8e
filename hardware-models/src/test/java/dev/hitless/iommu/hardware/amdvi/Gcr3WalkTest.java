package dev.hitless.iommu.hardware.amdvi;

import static dev.hitless.iommu.hardware.amdvi.AmdviMachine.DEVICE;
import static dev.hitless.iommu.hardware.amdvi.AmdviMachine.NO_PASID;
import static dev.hitless.iommu.hardware.amdvi.DeviceTableTest.assertFault;
import static org.assertj.core.api.Assertions.assertThat;

import dev.hitless.iommu.hardware.CpuPageTable;
import dev.hitless.iommu.hardware.FaultClass;
import java.util.function.LongUnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class Gcr3WalkTest {
    private static final long TARGET = 0xA_BCDE_F000L;

    private final AmdviMachine machine = new AmdviMachine();

    private long rootThatMaps(long iova, long target) {
        CpuPageTable table = machine.model.newCpuPageTable(machine.bus, 0, LongUnaryOperator.identity());
        table.map(iova, target, 0x1000, true);
        return table.rootAddress();
    }

    @ParameterizedTest
    @CsvSource({"0, 0x1ff", "1, 0x3ffff", "1, 0xffff", "2, 0xffff", "2, 0x1234"})
    void pasidBitsIndexOneLevelEach(int glx, String pasidText) {
        int pasid = Integer.decode(pasidText) & 0xFFFF;
        long root = machine.page();
        machine.set(DEVICE, Dte.translating(5).guest(glx, root));
        long table = root;
        for (int level = glx; level > 0; level--) {
            long next = machine.page();
            machine.entry(table, pasid >>> (9 * level) & 0x1FF, next | 1);
            table = next;
        }
        machine.entry(table, pasid & 0x1FF, rootThatMaps(0x5000, TARGET) | 1);

        assertThat(machine.dmaWrite(pasid, 0x5000).output(0x5000)).isEqualTo(TARGET);
    }

    @Test
    void aRootAnywhereIn52BitsIsPutTogetherFromItsThreePieces() {
        Dte dte = new Dte().guest(0, 0xF_EDCB_A987_6000L);
        assertThat(DeviceTableEntry.gcr3Root(dte.q0, dte.q1)).isEqualTo(0xF_EDCB_A987_6000L);
    }

    @Test
    void aPasidBeyondTheTablesReachIsBlocked() {
        long gcr3 = machine.page();
        machine.entry(gcr3, 0, rootThatMaps(0x5000, TARGET) | 1);
        machine.set(DEVICE, Dte.translating(5).guest(0, gcr3));
        assertThat(machine.dmaRead(0, 0x5000).isFault()).isFalse();
        assertFault(machine.dmaRead(0x200, 0x5000), FaultClass.BLOCKED, 2);
        machine.set(DEVICE, Dte.translating(5).guest(2, machine.page()));
        assertFault(machine.dmaRead(0x1_0000, 0x5000), FaultClass.BLOCKED, 2);
    }

    @Test
    void aPasidBeyondTheHardwaresWidthIsBlocked() {
        AmdviMachine narrow = new AmdviMachine("pasid-bits", "8");
        long gcr3 = narrow.page();
        narrow.set(DEVICE, Dte.translating(5).guest(0, gcr3));
        narrow.entry(gcr3, 0x100, narrow.page() | 1);
        assertFault(narrow.dmaRead(0x100, 0), FaultClass.BLOCKED, 2);
    }

    @Test
    void anEntryThatIsNotValidBlocksAtEveryLevel() {
        long root = machine.page();
        machine.set(DEVICE, Dte.translating(5).guest(1, root));
        assertFault(machine.dmaRead(3, 0), FaultClass.BLOCKED, 2);

        machine.entry(root, 0, machine.page() | 1);
        assertFault(machine.dmaRead(3, 0), FaultClass.BLOCKED, 2);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 52, 58, 63})
    void reservedBitsMakeAnEntryIllegal(int bit) {
        long root = machine.page();
        machine.set(DEVICE, Dte.translating(5).guest(0, root));
        machine.entry(root, 3, machine.page() | 1 | 1L << bit);
        assertFault(machine.dmaRead(3, 0), FaultClass.ILLEGAL_ENTRY, 2);
    }

    @Test
    void aTableWhereThereIsNoMemoryIsAnAccessFault() {
        machine.set(DEVICE, Dte.translating(5).guest(0, 0xF_0000_0000L));
        assertFault(machine.dmaRead(3, 0), FaultClass.ACCESS, 4);
    }

    @Test
    void pasidsHaveTheirOwnTables() {
        long gcr3 = machine.page();
        machine.set(DEVICE, Dte.translating(5).guest(0, gcr3).guestWithoutPasid());
        machine.entry(gcr3, 0, rootThatMaps(0x5000, TARGET) | 1);
        machine.entry(gcr3, 1, rootThatMaps(0x5000, TARGET + 0x1000) | 1);
        machine.entry(gcr3, 2, rootThatMaps(0x5000, TARGET + 0x2000) | 1);

        assertThat(machine.dmaRead(NO_PASID, 0x5000).output(0x5000)).isEqualTo(TARGET);
        assertThat(machine.dmaRead(1, 0x5000).output(0x5000)).isEqualTo(TARGET + 0x1000);
        assertThat(machine.dmaRead(2, 0x5000).output(0x5000)).isEqualTo(TARGET + 0x2000);
    }
}
