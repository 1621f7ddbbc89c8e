package dev.hitless.iommu.conformance.junit;

import dev.hitless.iommu.api.platform.ForwardingMemory;
import dev.hitless.iommu.api.platform.PhysicalMemory;
import java.util.HashSet;
import java.util.Set;
import java.util.function.LongPredicate;
import java.util.function.UnaryOperator;

/** Memory that does not do what a driver has to ask of it, to be given to {@link DefectiveProvider#withMemory}. */
public final class DefectiveMemory {
    private static final long PAGE_MASK = -(long) PhysicalMemory.PAGE_BYTES;

    private DefectiveMemory() {}

    /** Barriers are forgotten: only doorbells order stores. */
    public static UnaryOperator<PhysicalMemory> withoutBarriers() {
        return WithoutBarriers::new;
    }

    /** Cache lines are not written back. */
    public static UnaryOperator<PhysicalMemory> withoutCleaning() {
        return WithoutCleaning::new;
    }

    /**
     * When a pointer to a page is replaced by another, the old page is freed at once, not after the wait.
     *
     * @param pointer tells an entry that points to a page of the driver's from any other word in memory
     */
    public static UnaryOperator<PhysicalMemory> freeingTooEarly(LongPredicate pointer) {
        return memory -> new FreeingTooEarly(memory, pointer);
    }

    private static final class WithoutBarriers extends ForwardingMemory {
        WithoutBarriers(PhysicalMemory memory) {
            super(memory);
        }

        @Override
        public void writeBarrier() {
            // Forgotten.
        }
    }

    private static final class WithoutCleaning extends ForwardingMemory {
        WithoutCleaning(PhysicalMemory memory) {
            super(memory);
        }

        @Override
        public void cleanCache(long address, long lengthBytes) {
            // Forgotten.
        }
    }

    private static final class FreeingTooEarly extends ForwardingMemory {
        private final LongPredicate pointer;
        private final Set<Long> freedAlready = new HashSet<>();

        FreeingTooEarly(PhysicalMemory memory, LongPredicate pointer) {
            super(memory);
            this.pointer = pointer;
        }

        @Override
        public void store64(long address, long value) {
            long old = load64(address);
            super.store64(address, value);
            if (pointer.test(value) && pointer.test(old) && old != value) {
                super.free(old & PAGE_MASK, PAGE_BYTES);
                freedAlready.add(old & PAGE_MASK);
            }
        }

        @Override
        public void free(long address, long lengthBytes) {
            if (!freedAlready.remove(address)) {
                super.free(address, lengthBytes);
            }
        }
    }
}
