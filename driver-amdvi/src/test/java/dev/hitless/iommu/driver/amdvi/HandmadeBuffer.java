package dev.hitless.iommu.driver.amdvi;

import dev.hitless.iommu.api.Errno;
import dev.hitless.iommu.api.IommuException;
import dev.hitless.iommu.api.platform.DriverLock;
import dev.hitless.iommu.api.platform.PhysicalMemory;
import dev.hitless.iommu.api.platform.Platform;
import dev.hitless.iommu.driver.support.queue.CommandRing;
import java.util.List;
import java.util.function.BooleanSupplier;

/** A command buffer as one writes it who has never seen it full; right only without a defect. */
final class HandmadeBuffer extends CommandBuffer {
    /** What is wrong with it. */
    enum Defect {
        NONE,
        FULL_NOT_CHECKED,
        FILLED_TO_THE_LAST,
        ROOM_NOT_CHECKED_AGAIN,
        FREED_UNDER_THE_LOCK_THAT_IS_HELD
    }

    private static final int ENTRIES = 256;
    private static final int ENTRY_BYTES = 16;
    private static final long TIMEOUT_MICROS = 1_000_000;

    private final Platform platform;
    private final PhysicalMemory memory;
    private final Defect defect;
    private final DriverLock lock;
    private final long word;
    private long base;
    private long produced;
    private long consumed;
    private long freed;
    private long sequence;

    HandmadeBuffer(Platform platform, ControlRegister control, Defect defect) {
        super(platform, control);
        this.platform = platform;
        this.memory = platform.memory();
        this.defect = defect;
        this.lock = platform.locks().create("amdvi.handmade", "handmade command buffer");
        this.word = memory.allocate(PhysicalMemory.PAGE_BYTES, true);
    }

    static UnitParts with(Defect defect) {
        return new UnitParts() {
            @Override
            CommandBuffer commands(Platform platform, ControlRegister control) {
                return new HandmadeBuffer(platform, control, defect);
            }
        };
    }

    @Override
    void free() {
        memory.free(word, PhysicalMemory.PAGE_BYTES);
        super.free();
    }

    @Override
    void carryOut(CommandRing ring, List<long[]> submission) {
        base = ring.base();
        if (defect == Defect.ROOM_NOT_CHECKED_AGAIN) {
            await("room", () -> hasRoom(submission.size() + 1));
        }
        lock.lock();
        long fence;
        long number;
        try {
            submission.forEach(this::put);
            number = ++sequence;
            put(Command.completionWait(word, number).words());
            fence = produced;
            ringDoorbell(produced);
        } finally {
            lock.unlock();
        }
        await("completion " + number, () -> memory.load64(word) - number >= 0);
        lock.with(() -> freed = Math.max(freed, fence));
    }

    private void put(long[] command) {
        boolean looks = defect != Defect.FULL_NOT_CHECKED && defect != Defect.ROOM_NOT_CHECKED_AGAIN;
        if (looks && !hasRoom(1)) {
            ringDoorbell(produced);
            await("room", () -> hasRoom(1));
        }
        long slot = base + produced % ENTRIES * ENTRY_BYTES;
        memory.store64(slot, command[0]);
        memory.store64(slot + 8, command[1]);
        produced++;
    }

    private boolean hasRoom(int commands) {
        if (defect == Defect.FREED_UNDER_THE_LOCK_THAT_IS_HELD) {
            return produced + commands - freed < ENTRIES;
        }
        consumed += (consumerSlot() - consumed) & (ENTRIES - 1);
        int most = defect == Defect.FILLED_TO_THE_LAST ? ENTRIES : ENTRIES - 1;
        return produced + commands - consumed <= most;
    }

    private void await(String what, BooleanSupplier condition) {
        if (!platform.waiter().await(what, condition, TIMEOUT_MICROS)) {
            throw new IommuException(Errno.ETIMEDOUT, "no " + what);
        }
    }
}
