package dev.hitless.iommu.stress;

import dev.hitless.iommu.api.platform.DriverLock;
import dev.hitless.iommu.api.platform.EventSink;
import dev.hitless.iommu.api.platform.Locks;
import dev.hitless.iommu.api.platform.PhysicalMemory;
import dev.hitless.iommu.api.platform.Platform;
import dev.hitless.iommu.api.platform.RegisterBank;
import dev.hitless.iommu.api.platform.Waiter;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * A platform that makes threads pause between the steps of a driver, so that others get in between: before some stores and
 * register accesses, and around some critical sections. Operations take some microseconds, and a thread is hardly ever
 * preempted in so short a time. Only threads of a {@link Crew} pause; setting up need not take longer.
 */
record Noise(Platform quiet, AtomicLong state) implements Platform {
    private static final int ONE_IN = 8;
    private static final int LONGEST_PAUSE_NANOS = 40_000;
    private static final long GOLDEN = 0x9E37_79B9_7F4A_7C15L;

    /** @param seed decides which of the steps, counted over all threads, are paused before */
    Noise(Platform quiet, long seed) {
        this(quiet, new AtomicLong(seed));
    }

    private void pauseSometimes() {
        if (!Crew.isCalling()) {
            return;
        }
        long bits = state.addAndGet(GOLDEN);
        bits = (bits ^ bits >>> 30) * 0xBF58_476D_1CE4_E5B9L;
        bits ^= bits >>> 27;
        if (bits % ONE_IN == 0) {
            LockSupport.parkNanos((bits >>> 40) % LONGEST_PAUSE_NANOS);
        }
    }

    @Override
    public PhysicalMemory memory() {
        return new Memory(quiet.memory());
    }

    @Override
    public RegisterBank registers() {
        return new Registers(quiet.registers());
    }

    @Override
    public Waiter waiter() {
        return quiet.waiter();
    }

    @Override
    public Locks locks() {
        return (lockClass, name) -> new Lock(quiet.locks().create(lockClass, name));
    }

    @Override
    public EventSink events() {
        return quiet.events();
    }

    private final class Lock implements DriverLock {
        private final DriverLock lock;

        Lock(DriverLock lock) {
            this.lock = lock;
        }

        @Override
        public void lock() {
            pauseSometimes();
            lock.lock();
        }

        @Override
        public void unlock() {
            lock.unlock();
            pauseSometimes();
        }
    }

    private final class Registers implements RegisterBank {
        private final RegisterBank bank;

        Registers(RegisterBank bank) {
            this.bank = bank;
        }

        @Override
        public int read32(long offset) {
            return bank.read32(offset);
        }

        @Override
        public long read64(long offset) {
            return bank.read64(offset);
        }

        @Override
        public void write32(long offset, int value) {
            pauseSometimes();
            bank.write32(offset, value);
        }

        @Override
        public void write64(long offset, long value) {
            pauseSometimes();
            bank.write64(offset, value);
        }
    }

    private final class Memory implements PhysicalMemory {
        private final PhysicalMemory memory;

        Memory(PhysicalMemory memory) {
            this.memory = memory;
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
        public void store64(long address, long value) {
            pauseSometimes();
            memory.store64(address, value);
        }

        @Override
        public boolean hasStore128() {
            return memory.hasStore128();
        }

        @Override
        public void store128(long address, long low, long high) {
            pauseSometimes();
            memory.store128(address, low, high);
        }

        @Override
        public boolean compareAndSet64(long address, long expected, long value) {
            pauseSometimes();
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
    }
}
