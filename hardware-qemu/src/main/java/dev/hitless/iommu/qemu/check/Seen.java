package dev.hitless.iommu.qemu.check;

import java.util.OptionalLong;

/**
 * What a DMA in QEMU met.
 *
 * @param instant index of the trace event that it came right after
 * @param device who did it
 * @param iova for which address
 * @param write a write; otherwise a read
 * @param reached the memory that it got to; empty: it was refused
 */
record Seen(int instant, QemuDevice device, long iova, boolean write, OptionalLong reached) {
    /** What was met, for people. */
    String outcome() {
        return describe(reached);
    }

    static String describe(OptionalLong reached) {
        return reached.isPresent() ? "0x" + Long.toHexString(reached.getAsLong()) : "refused";
    }
}
