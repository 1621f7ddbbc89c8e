package dev.hitless.iommu.conformance.fast;

import dev.hitless.iommu.api.FaultReport;
import dev.hitless.iommu.api.PageRequest;
import dev.hitless.iommu.api.Pasid;
import dev.hitless.iommu.api.PciFunction;
import dev.hitless.iommu.api.ReplacePlan;
import dev.hitless.iommu.api.platform.DriverLock;
import dev.hitless.iommu.api.platform.EventSink;
import dev.hitless.iommu.api.platform.Locks;
import dev.hitless.iommu.api.platform.PhysicalMemory;
import dev.hitless.iommu.api.platform.RegisterBank;
import dev.hitless.iommu.api.platform.Waiter;
import dev.hitless.iommu.conformance.platform.ModelledPlatform;
import dev.hitless.iommu.hardware.DmaRequest;
import dev.hitless.iommu.hardware.HardwareConfiguration;
import dev.hitless.iommu.hardware.HardwareModel;
import dev.hitless.iommu.hardware.HardwareModelProvider;
import dev.hitless.iommu.hardware.Translation;
import dev.hitless.iommu.hardware.Walker;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.BooleanSupplier;

/**
 * A platform without a record, for real threads: memory, JDK locks, and a hardware model that executes commands at the
 * doorbell. Hardware has no caches here; each {@link Device} walks the tables as they are. What a completed invalidation
 * promises beyond caches is kept: walks that were under way when it was submitted are over.
 */
public final class FastPlatform implements ModelledPlatform {
    /** Commands are done at the doorbell, so whoever waits longer waits for another thread. */
    private static final int POLLS_BEFORE_TIME_OUT = 20_000;

    private static final long PAUSE_NANOS = 1_000;

    private final FastMemory memory = new FastMemory();
    private final HardwareModel model;
    /** The model is made for one thread. */
    private final ReentrantLock hardware = new ReentrantLock();
    /** Shared by walks; taken for a moment when an invalidation is submitted. */
    private final ReentrantReadWriteLock walks = new ReentrantReadWriteLock(true);

    private final Queue<String> complaints = new ConcurrentLinkedQueue<>();

    /** @param configuration the hardware to stand in */
    public FastPlatform(HardwareModelProvider provider, HardwareConfiguration configuration) {
        this.model = provider.create(configuration, new FastPort(memory, this::awaitWalks, complaints::add));
        memory.onLoad((address, value) -> {
            inHardware(() -> model.loaded(address, value));
            return value;
        });
    }

    /** Warnings of the driver, and what the hardware called malformed. A copy. */
    public List<String> complaints() {
        return List.copyOf(complaints);
    }

    /** Bytes that are allocated now. */
    public long allocatedBytes() {
        return memory.allocatedBytes();
    }

    /** A device that does DMA from one thread, under the registers as they stand now: for when the driver is up. */
    public Device newDevice() {
        hardware.lock();
        try {
            return new Device(model.walker());
        } finally {
            hardware.unlock();
        }
    }

    @Override
    public HardwareModel model() {
        return model;
    }

    @Override
    public PciFunction function(String name) {
        return new Present();
    }

    @Override
    public void connect(String name, List<Integer> requesterIds) {
        // Whatever is sent to anybody is answered.
    }

    private void awaitWalks() {
        walks.writeLock().lock();
        walks.writeLock().unlock();
    }

    private void inHardware(Runnable access) {
        hardware.lock();
        try {
            access.run();
        } finally {
            hardware.unlock();
        }
    }

    @Override
    public PhysicalMemory memory() {
        return memory;
    }

    @Override
    public RegisterBank registers() {
        return new Registers();
    }

    @Override
    public Waiter waiter() {
        return FastPlatform::await;
    }

    private static boolean await(String what, BooleanSupplier condition, long timeoutMicros) {
        for (int poll = 0; poll < POLLS_BEFORE_TIME_OUT; poll++) {
            if (condition.getAsBoolean()) {
                return true;
            }
            LockSupport.parkNanos(PAUSE_NANOS);
        }
        return false;
    }

    @Override
    public Locks locks() {
        return (lockClass, name) -> {
            ReentrantLock lock = new ReentrantLock();
            return new DriverLock() {
                @Override
                public void lock() {
                    lock.lock();
                }

                @Override
                public void unlock() {
                    lock.unlock();
                }
            };
        };
    }

    @Override
    public EventSink events() {
        return new EventSink() {
            @Override
            public void fault(FaultReport fault) {}

            @Override
            public void pageRequest(PageRequest request) {}

            @Override
            public void warning(String message) {
                complaints.add("warning: " + message);
            }

            @Override
            public void planned(String deviceName, Pasid pasid, ReplacePlan plan) {}
        };
    }

    /** Does DMA through the IOMMU; for one thread. */
    public final class Device {
        private final MemoryWalk reader = new MemoryWalk(memory);
        private final Translation translation = new Translation();
        private final Walker walker;

        private Device(Walker walker) {
            this.walker = walker;
        }

        /** What becomes of a request now; good until the next call. */
        public Translation translate(DmaRequest request) {
            walks.readLock().lock();
            try {
                walker.translate(request, reader, translation);
                walker.admit(request, translation);
                return translation;
            } finally {
                walks.readLock().unlock();
            }
        }
    }

    private final class Registers implements RegisterBank {
        @Override
        public int read32(long offset) {
            return (int) read(offset, 32);
        }

        @Override
        public long read64(long offset) {
            return read(offset, 64);
        }

        private long read(long offset, int bits) {
            hardware.lock();
            try {
                return model.readRegister(offset, bits);
            } finally {
                hardware.unlock();
            }
        }

        @Override
        public void write32(long offset, int value) {
            inHardware(() -> model.writeRegister(offset, 32, Integer.toUnsignedLong(value)));
        }

        @Override
        public void write64(long offset, long value) {
            inHardware(() -> model.writeRegister(offset, 64, value));
        }
    }

    /** Always there, and does as it is told. */
    private static final class Present implements PciFunction {
        @Override
        public boolean isPresent() {
            return true;
        }

        @Override
        public void setPasidEnabled(boolean enabled) {}

        @Override
        public void setAtsEnabled(boolean enabled) {}

        @Override
        public void setPriEnabled(boolean enabled) {}
    }
}
