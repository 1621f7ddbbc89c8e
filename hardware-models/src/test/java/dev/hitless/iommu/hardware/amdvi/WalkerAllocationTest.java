package dev.hitless.iommu.hardware.amdvi;

import static dev.hitless.iommu.hardware.amdvi.AmdviMachine.DEVICE;
import static dev.hitless.iommu.hardware.amdvi.AmdviMachine.NO_PASID;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.hitless.iommu.hardware.CacheKind;
import dev.hitless.iommu.hardware.CpuPageTable;
import dev.hitless.iommu.hardware.DmaRequest;
import dev.hitless.iommu.hardware.StructureKind;
import dev.hitless.iommu.hardware.StructureReader;
import dev.hitless.iommu.hardware.Translation;
import dev.hitless.iommu.hardware.Walker;
import java.lang.management.ManagementFactory;
import java.util.function.LongUnaryOperator;
import org.junit.jupiter.api.Test;

class WalkerAllocationTest {
    private static final int WALKS = 20_000;
    private static final long IOVA = 0x4020_1000L;

    private final AmdviMachine machine = new AmdviMachine();

    /** Memory of FakeBus boxes page numbers; this reader has the whole memory in one array. */
    private static final class ArrayReader implements StructureReader {
        private final long[] memory;
        private int index;

        private ArrayReader(AmdviMachine machine, long end) {
            memory = new long[(int) (end >>> 3)];
            for (long address = 0; address < end; address += 8) {
                memory[(int) (address >>> 3)] = machine.bus.isMemory(address) ? machine.bus.load64(address) : 0;
            }
        }

        @Override
        public boolean fetch(StructureKind kind, long address) {
            index = (int) (address >>> 3);
            return true;
        }

        @Override
        public long word(int offset) {
            return memory[index + offset];
        }

        @Override
        public void retain(CacheKind cache, long tag, long firstAddress, long lengthBytes) {}

        @Override
        public boolean hit(CacheKind cache, long tag, long iova, Translation out) {
            return false;
        }
    }

    @Test
    void nestedGuestAndFaultingWalksAllocateNothing() {
        CpuPageTable table = machine.model.newCpuPageTable(machine.bus, 4, LongUnaryOperator.identity());
        table.map(IOVA, 0, 0x1000, true);
        long gcr3 = machine.page();
        machine.entry(gcr3, 0, table.rootAddress() | 1);
        long level2 = machine.page();
        machine.entry(level2, 0, 0x6000_0000_0000_0001L);
        machine.set(DEVICE, Dte.translating(5).host(2, level2).guest(0, gcr3).guestWithoutPasid());
        ArrayReader reader = new ArrayReader(machine, machine.page());
        Walker walker = machine.model.walker();
        DmaRequest hit = new DmaRequest(DEVICE, NO_PASID, IOVA, true, false);
        DmaRequest miss = new DmaRequest(DEVICE, NO_PASID, 0, true, false);
        Translation out = new Translation();
        walk(walker, hit, reader, out);
        assertThat(out.isFault()).as(out.toString()).isFalse();
        walk(walker, miss, reader, out);
        assertThat(out.isFault()).isTrue();

        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long thread = Thread.currentThread().getId();
        long before = threads.getThreadAllocatedBytes(thread);
        for (int i = 0; i < WALKS; i++) {
            walk(walker, hit, reader, out);
            walk(walker, miss, reader, out);
        }
        long bytes = threads.getThreadAllocatedBytes(thread) - before;

        assertThat(bytes).as("bytes allocated by %d walks", 2 * WALKS).isLessThan(WALKS);
    }

    private static void walk(Walker walker, DmaRequest request, StructureReader reader, Translation out) {
        walker.translate(request, reader, out);
        walker.admit(request, out);
    }
}
