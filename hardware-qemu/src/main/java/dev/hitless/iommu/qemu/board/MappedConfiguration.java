package dev.hitless.iommu.qemu.board;

import dev.hitless.iommu.qemu.qtest.QtestConnection;

/** Configuration space that is mapped into memory: 4 KiB for each function, from {@code base}. */
record MappedConfiguration(QtestConnection qtest, long base) implements PciConfiguration {
    @Override
    public void write(int bus, int slot, int register, int value) {
        qtest.write32(address(bus, slot, register), value);
    }

    @Override
    public int read(int bus, int slot, int register) {
        return qtest.read32(address(bus, slot, register));
    }

    private long address(int bus, int slot, int register) {
        return base + ((long) bus << 20 | (long) slot << 15 | register);
    }
}
