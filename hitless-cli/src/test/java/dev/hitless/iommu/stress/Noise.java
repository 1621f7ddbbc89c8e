package dev.hitless.iommu.stress;

import dev.hitless.iommu.api.platform.DriverLock;
import dev.hitless.iommu.api.platform.ForwardingMemory;
import dev.hitless.iommu.api.platform.ForwardingPlatform;
import dev.hitless.iommu.api.platform.Locks;
import dev.hitless.iommu.api.platform.PhysicalMemory;
import dev.hitless.iommu.api.platform.Platform;
import dev.hitless.iommu.api.platform.RegisterBank;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * A platform that makes threads pause between the steps of a driver, so that others get in between: before some stores and
 * register accesses, and around some critical sections. Operations take some microseconds, and a thread is hardly ever
 * preempted in so short a time. Only threads of a {@link Crew} pause; setting up need not take longer.
 */
final class Noise extends ForwardingPlatform {
    private static final int ONE_IN = 8;
    private static final int LONGEST_PAUSE_NANOS = 40_000;
    private static final long GOLDEN = 0x9E37_79B9_7F4A_7C15L;

    private final AtomicLong state;

    /** @param seed decides which of the steps, counted over all threads, are paused before */
    Noise(Platform quiet, long seed) {
        super(quiet);
        this.state = new AtomicLong(seed);
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
        return new Memory(super.memory());
    }

    @Override
    public RegisterBank registers() {
        return new Registers(super.registers());
    }

    @Override
    public Locks locks() {
        Locks quiet = super.locks();
        return (lockClass, name) -> new Lock(quiet.create(lockClass, name));
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

    private final class Memory extends ForwardingMemory {
        Memory(PhysicalMemory memory) {
            super(memory);
        }

        @Override
        public void store64(long address, long value) {
            pauseSometimes();
            super.store64(address, value);
        }

        @Override
        public void store128(long address, long low, long high) {
            pauseSometimes();
            super.store128(address, low, high);
        }

        @Override
        public boolean compareAndSet64(long address, long expected, long value) {
            pauseSometimes();
            return super.compareAndSet64(address, expected, value);
        }
    }
}
