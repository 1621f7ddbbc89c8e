package dev.hitless.iommu.qemu.board;

/**
 * PCI configuration space, in aligned 32-bit words.
 *
 * <pre>
 *  0x04  15:0 command: 1 memory (bit 1), bus master (bit 2)
 *  0x10  BAR 0
 *  0x18  of a bridge: 7:0 primary, 15:8 secondary, 23:16 subordinate bus
 *  0x20  of a bridge: 15:4 first, 31:20 last MiB of memory that is forwarded
 * </pre>
 */
interface PciConfiguration {
    int COMMAND = 0x04;
    int BAR0 = 0x10;
    int BUSES = 0x18;
    int MEMORY_WINDOW = 0x20;

    /** Answers to memory accesses, and may do DMA. */
    int MEMORY_AND_BUS_MASTER = 0x6;

    /** Writes one word. */
    void write(int bus, int slot, int register, int value);

    /** Reads one word. */
    int read(int bus, int slot, int register);
}
