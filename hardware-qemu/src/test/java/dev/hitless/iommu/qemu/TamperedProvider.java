package dev.hitless.iommu.qemu;

import dev.hitless.iommu.api.DriverOptions;
import dev.hitless.iommu.api.IommuDriver;
import dev.hitless.iommu.api.IommuDriverProvider;
import dev.hitless.iommu.api.platform.EventSink;
import dev.hitless.iommu.api.platform.Locks;
import dev.hitless.iommu.api.platform.PhysicalMemory;
import dev.hitless.iommu.api.platform.Platform;
import dev.hitless.iommu.api.platform.RegisterBank;
import dev.hitless.iommu.api.platform.Waiter;

/**
 * A driver with one defect, made of the right one: what it stores on its way out is changed. Hardware, emulated or modelled,
 * cannot tell the difference.
 *
 * @param right the driver that comes with Hitless
 * @param queueBaseRegister where it tells the hardware of its command queue
 * @param commandWords length of a command in 64-bit words
 * @param commands what is wrong with its commands
 * @param store128 what is wrong with its 128-bit stores
 */
record TamperedProvider(
        IommuDriverProvider right,
        long queueBaseRegister,
        int commandWords,
        CommandTamper commands,
        CommandTamper.Store128 store128)
        implements IommuDriverProvider {
    private static final long QUEUE_BYTES = 4096;
    private static final long ADDRESS = 0xF_FFFF_FFFF_F000L;

    @Override
    public String id() {
        return "broken-" + right.id();
    }

    @Override
    public String vendor() {
        return right.vendor();
    }

    @Override
    public String contractVersion() {
        return right.contractVersion();
    }

    @Override
    public String hardware() {
        return right.hardware();
    }

    @Override
    public String hardwareFamily() {
        return right.hardwareFamily();
    }

    @Override
    public IommuDriver create(Platform platform, DriverOptions options) {
        return right.create(new TamperedPlatform(platform), options);
    }

    private final class TamperedPlatform implements Platform, RegisterBank, PhysicalMemory {
        private final Platform platform;
        private final PhysicalMemory memory;
        private final RegisterBank registers;
        private long queue = -1;
        private long first;

        TamperedPlatform(Platform platform) {
            this.platform = platform;
            this.memory = platform.memory();
            this.registers = platform.registers();
        }

        @Override
        public void write64(long offset, long value) {
            if (offset == queueBaseRegister) {
                queue = value & ADDRESS;
            }
            registers.write64(offset, value);
        }

        @Override
        public void store64(long address, long value) {
            boolean command = queue >= 0 && address >= queue && address < queue + QUEUE_BYTES;
            int word = (int) ((address - queue) / Long.BYTES % commandWords);
            if (command && word == 0) {
                first = value;
            }
            memory.store64(address, command ? commands.tampered(first, word, value) : value);
        }

        @Override
        public void store128(long address, long low, long high) {
            store128.store(memory, address, low, high);
        }

        @Override
        public int read32(long offset) {
            return registers.read32(offset);
        }

        @Override
        public long read64(long offset) {
            return registers.read64(offset);
        }

        @Override
        public void write32(long offset, int value) {
            registers.write32(offset, value);
        }

        @Override
        public long allocate(long lengthBytes, boolean zeroed) {
            return memory.allocate(lengthBytes, zeroed);
        }

        @Override
        public void free(long address, long lengthBytes) {
            memory.free(address, lengthBytes);
        }

        @Override
        public long load64(long address) {
            return memory.load64(address);
        }

        @Override
        public boolean hasStore128() {
            return memory.hasStore128();
        }

        @Override
        public boolean compareAndSet64(long address, long expected, long value) {
            return memory.compareAndSet64(address, expected, value);
        }

        @Override
        public void writeBarrier() {
            memory.writeBarrier();
        }

        @Override
        public void cleanCache(long address, long lengthBytes) {
            memory.cleanCache(address, lengthBytes);
        }

        @Override
        public PhysicalMemory memory() {
            return this;
        }

        @Override
        public RegisterBank registers() {
            return this;
        }

        @Override
        public Waiter waiter() {
            return platform.waiter();
        }

        @Override
        public Locks locks() {
            return platform.locks();
        }

        @Override
        public EventSink events() {
            return platform.events();
        }
    }
}
