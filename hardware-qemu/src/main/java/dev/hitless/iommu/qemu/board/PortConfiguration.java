package dev.hitless.iommu.qemu.board;

import dev.hitless.iommu.qemu.qtest.QtestConnection;

/** Configuration space of a PC: an address port and a data port. */
record PortConfiguration(QtestConnection qtest) implements PciConfiguration {
    private static final int ADDRESS = 0xCF8;
    private static final int DATA = 0xCFC;
    private static final int ENABLE = 1 << 31;

    @Override
    public void write(int bus, int slot, int register, int value) {
        select(bus, slot, register);
        qtest.out32(DATA, value);
    }

    @Override
    public int read(int bus, int slot, int register) {
        select(bus, slot, register);
        return qtest.in32(DATA);
    }

    private void select(int bus, int slot, int register) {
        qtest.out32(ADDRESS, ENABLE | bus << 16 | slot << 11 | register);
    }
}
