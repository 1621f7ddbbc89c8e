package dev.hitless.iommu.qemu;

import dev.hitless.iommu.api.platform.ForwardingMemory;
import dev.hitless.iommu.api.platform.ForwardingPlatform;
import dev.hitless.iommu.api.platform.PhysicalMemory;
import dev.hitless.iommu.api.platform.Platform;
import dev.hitless.iommu.api.platform.RegisterBank;

/**
 * Makes a driver with one defect of the right one: what it stores on its way out is changed. Hardware, emulated or modelled,
 * cannot tell the difference.
 */
final class TamperedPlatform extends ForwardingPlatform {
    private static final long QUEUE_BYTES = 4096;
    private static final long ADDRESS = 0xF_FFFF_FFFF_F000L;

    private final long queueBaseRegister;
    private final int commandWords;
    private final PhysicalMemory memory;
    private final RegisterBank registers;
    private long queue = -1;

    /**
     * @param queueBaseRegister where the driver tells the hardware of its command queue
     * @param commandWords length of a command in 64-bit words
     * @param commands what is wrong with its commands
     * @param store128 what is wrong with its 128-bit stores
     */
    TamperedPlatform(
            Platform platform,
            long queueBaseRegister,
            int commandWords,
            CommandTamper commands,
            CommandTamper.Store128 store128) {
        super(platform);
        this.queueBaseRegister = queueBaseRegister;
        this.commandWords = commandWords;
        this.memory = new TamperedMemory(platform.memory(), commands, store128);
        this.registers = new WatchedRegisters(platform.registers());
    }

    @Override
    public PhysicalMemory memory() {
        return memory;
    }

    @Override
    public RegisterBank registers() {
        return registers;
    }

    private final class TamperedMemory extends ForwardingMemory {
        private final PhysicalMemory right;
        private final CommandTamper commands;
        private final CommandTamper.Store128 store128;
        private long first;

        TamperedMemory(PhysicalMemory right, CommandTamper commands, CommandTamper.Store128 store128) {
            super(right);
            this.right = right;
            this.commands = commands;
            this.store128 = store128;
        }

        @Override
        public void store64(long address, long value) {
            boolean command = queue >= 0 && address >= queue && address < queue + QUEUE_BYTES;
            int word = (int) ((address - queue) / Long.BYTES % commandWords);
            if (command && word == 0) {
                first = value;
            }
            super.store64(address, command ? commands.tampered(first, word, value) : value);
        }

        @Override
        public void store128(long address, long low, long high) {
            store128.store(right, address, low, high);
        }
    }

    /** Notes where the queue is. */
    private final class WatchedRegisters implements RegisterBank {
        private final RegisterBank right;

        WatchedRegisters(RegisterBank right) {
            this.right = right;
        }

        @Override
        public int read32(long offset) {
            return right.read32(offset);
        }

        @Override
        public long read64(long offset) {
            return right.read64(offset);
        }

        @Override
        public void write32(long offset, int value) {
            right.write32(offset, value);
        }

        @Override
        public void write64(long offset, long value) {
            if (offset == queueBaseRegister) {
                queue = value & ADDRESS;
            }
            right.write64(offset, value);
        }
    }
}
