package dev.hitless.iommu.qemu.unit;

import dev.hitless.iommu.api.platform.RegisterBank;
import dev.hitless.iommu.qemu.qtest.QtestConnection;

/** Registers at a physical address. */
record MappedRegisters(QtestConnection qtest, long base) implements RegisterBank {
    @Override
    public int read32(long offset) {
        return qtest.read32(base + offset);
    }

    @Override
    public long read64(long offset) {
        return qtest.read64(base + offset);
    }

    @Override
    public void write32(long offset, int value) {
        qtest.write32(base + offset, value);
    }

    @Override
    public void write64(long offset, long value) {
        qtest.write64(base + offset, value);
    }
}
