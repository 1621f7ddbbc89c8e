package dev.hitless.iommu.hardware.smmuv3;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.hitless.iommu.hardware.CacheKind;
import dev.hitless.iommu.hardware.DmaRequest;
import dev.hitless.iommu.hardware.PlainReader;
import dev.hitless.iommu.hardware.StructureKind;
import dev.hitless.iommu.hardware.StructureReader;
import dev.hitless.iommu.hardware.Translation;
import dev.hitless.iommu.hardware.Walker;
import java.lang.management.ManagementFactory;
import org.junit.jupiter.api.Test;

class WalkerReuseTest {
    /** Memory as an array, so that reading allocates nothing. */
    private static final class ArrayReader implements StructureReader {
        private final long base;
        private final long[] words;
        private int at;

        ArrayReader(SmmuBench bench, long base, int bytes) {
            this.base = base;
            this.words = new long[bytes / 8];
            for (int i = 0; i < words.length; i++) {
                long address = base + i * 8L;
                words[i] = bench.bus.isMemory(address) ? bench.bus.read64(address) : 0;
            }
        }

        @Override
        public boolean fetch(StructureKind kind, long address) {
            at = (int) (address - base) / 8;
            return true;
        }

        @Override
        public long word(int index) {
            return words[at + index];
        }

        @Override
        public void retain(CacheKind cache, long tag, long firstAddress, long lengthBytes) {
            // Nothing is kept.
        }

        @Override
        public boolean hit(CacheKind cache, long tag, long iova, Translation out) {
            return false;
        }
    }

    @Test
    void aWalkAllocatesNothing() {
        SmmuBench bench = SmmuBench.running();
        long table = bench.singleContext(1);
        bench.map(table, 0, 0, 3, 0x5000 | SmmuBench.S1_PAGE);
        long first = 0x10_0000;
        ArrayReader reader = new ArrayReader(bench, first, (int) (bench.allocate() - first));
        DmaRequest request = new DmaRequest(SmmuBench.SID, -1, 0, false, false);
        Walker walker = bench.model.walker();
        Translation out = new Translation();
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long thread = Thread.currentThread().getId();
        run(walker, request, reader, out);
        threads.getThreadAllocatedBytes(thread);
        long before = threads.getThreadAllocatedBytes(thread);
        run(walker, request, reader, out);
        long allocated = threads.getThreadAllocatedBytes(thread) - before;
        assertThat(out.output(0)).isEqualTo(0x5000);
        // The measurement itself may cost a little; one object per walk would be 160,000 bytes at least.
        assertThat(allocated).isLessThan(10_000);
    }

    private static void run(Walker walker, DmaRequest request, StructureReader reader, Translation out) {
        for (int i = 0; i < 10_000; i++) {
            walker.translate(request, reader, out);
        }
    }

    @Test
    void aReaderMayWalkInTheMiddleOfAWalk() {
        SmmuBench bench = SmmuBench.running();
        long table = bench.singleContext(1);
        bench.map(table, 0, 0, 3, 0x5000 | SmmuBench.S1_PAGE);
        bench.ste(1, SmmuBench.STE_VALID | SmmuBench.STE_BYPASS);
        Walker walker = bench.model.walker();
        Translation inner = new Translation();
        StructureReader nesting = new RecursiveReader(
                bench,
                () -> walker.translate(new DmaRequest(1, -1, 0x77, false, false), new PlainReader(bench.bus), inner));
        Translation out = new Translation();
        walker.translate(new DmaRequest(SmmuBench.SID, -1, 0, false, false), nesting, out);
        assertThat(inner.output(0x77)).isEqualTo(0x77);
        assertThat(out.output(0)).isEqualTo(0x5000);
    }

    /** Does something else at every look-up. */
    private static final class RecursiveReader implements StructureReader {
        private final PlainReader plain;
        private final Runnable atLookup;

        RecursiveReader(SmmuBench bench, Runnable atLookup) {
            this.plain = new PlainReader(bench.bus);
            this.atLookup = atLookup;
        }

        @Override
        public boolean fetch(StructureKind kind, long address) {
            return plain.fetch(kind, address);
        }

        @Override
        public long word(int index) {
            return plain.word(index);
        }

        @Override
        public void retain(CacheKind cache, long tag, long firstAddress, long lengthBytes) {
            plain.retain(cache, tag, firstAddress, lengthBytes);
        }

        @Override
        public boolean hit(CacheKind cache, long tag, long iova, Translation out) {
            atLookup.run();
            return plain.hit(cache, tag, iova, out);
        }
    }
}
