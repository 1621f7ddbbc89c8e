package dev.hitless.iommu.driver.vtd;

import dev.hitless.iommu.api.platform.ForwardingMemory;
import dev.hitless.iommu.api.platform.PhysicalMemory;

/**
 * Memory behind a chipset buffer that holds stores back (CAP.RWBF): a barrier alone does not make them visible, so every
 * barrier flushes the buffer too (VT-d spec 6.8).
 */
final class BufferedMemory extends ForwardingMemory {
    private final GlobalCommand command;

    BufferedMemory(PhysicalMemory memory, GlobalCommand command) {
        super(memory);
        this.command = command;
    }

    /** Throws ETIMEDOUT if the buffer is not flushed in time. */
    @Override
    public void writeBarrier() {
        super.writeBarrier();
        command.flushWriteBuffer();
    }
}
