package dev.hitless.iommu.conformance.fast;

import dev.hitless.iommu.hardware.HardwarePort;
import dev.hitless.iommu.hardware.Invalidation;
import java.util.function.Consumer;

/** What the hardware model sees of the machine. Called with the hardware's lock held. */
final class FastPort implements HardwarePort {
    private final FastMemory memory;
    private final Runnable awaitWalks;
    private final Consumer<String> complaints;
    private int commands;

    FastPort(FastMemory memory, Runnable awaitWalks, Consumer<String> complaints) {
        this.memory = memory;
        this.awaitWalks = awaitWalks;
        this.complaints = complaints;
    }

    @Override
    public long read64(long address) {
        return memory.peek(address);
    }

    @Override
    public boolean isMemory(long address) {
        return memory.isMemory(address);
    }

    @Override
    public void write64(long address, long value) {
        memory.store64(address, value);
    }

    @Override
    public void write32(long address, int value) {
        int shift = (int) (address & 4) * 8;
        long word = memory.peek(address & -8L);
        memory.store64(address & -8L, (word & ~(0xFFFF_FFFFL << shift)) | Integer.toUnsignedLong(value) << shift);
    }

    @Override
    public int submitted(Invalidation invalidation) {
        awaitWalks.run();
        return commands++;
    }

    @Override
    public void observed(int number) {}

    @Override
    public void writeBufferFlushed() {}

    @Override
    public void malformed(String complaint) {
        complaints.accept("malformed: " + complaint);
    }

    @Override
    public void pageResponse(int requesterId, int pasid, int group, PageAnswer answer) {}

    @Override
    public Fate fateOf(String command) {
        return Fate.EXECUTE;
    }
}
