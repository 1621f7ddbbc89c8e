package dev.hitless.iommu.qemu.mirror;

import dev.hitless.iommu.api.platform.PhysicalMemory;
import dev.hitless.iommu.qemu.qtest.QtestConnection;

/** Memory of which there are two copies: the trace's and QEMU's. */
final class MirroredMemory implements PhysicalMemory {
    private static final int GARBAGE = 0xA5;

    private final MirroringPlatform.Both both;
    private final PhysicalMemory recorded;
    private final QtestConnection qtest;

    MirroredMemory(MirroringPlatform.Both both, QtestConnection qtest) {
        this.both = both;
        this.recorded = both.recording.memory();
        this.qtest = qtest;
    }

    @Override
    public long allocate(long lengthBytes, boolean zeroed) {
        long address = recorded.allocate(lengthBytes, zeroed);
        qtest.fill(address, roundedUp(lengthBytes), zeroed ? 0 : GARBAGE);
        both.tellChange();
        return address;
    }

    /** What is freed is overwritten at once: hardware that still reads it goes astray for everybody to see. */
    @Override
    public void free(long address, long lengthBytes) {
        recorded.free(address, lengthBytes);
        qtest.fill(address, roundedUp(lengthBytes), GARBAGE);
        both.tellChange();
    }

    /**
     * While nothing is recorded QEMU's answer is not waited for: the model's copy tells what it has to be, and it is compared
     * when it comes.
     */
    @Override
    public long load64(long address) {
        if (!both.onlyQemu && both.recording.lastEvent() < 0) {
            long expected = recorded.load64(address);
            qtest.expect64(address, expected, inQemu -> both.disagreements.add("memory", address, inQemu, expected));
            return expected;
        }
        long inQemu = qtest.read64(address);
        if (!both.onlyQemu) {
            int before = both.recording.lastEvent();
            both.disagreements.compare("memory", address, inQemu, recorded.load64(address));
            both.tellIfCompletionWasSeen(before);
        }
        return inQemu;
    }

    @Override
    public void store64(long address, long value) {
        if (!both.onlyQemu) {
            recorded.store64(address, value);
        }
        qtest.write64(address, value);
        both.tellChange();
    }

    @Override
    public boolean hasStore128() {
        return recorded.hasStore128();
    }

    @Override
    public void store128(long address, long low, long high) {
        recorded.store128(address, low, high);
        qtest.write128(address, low, high);
        both.tellChange();
    }

    @Override
    public boolean compareAndSet64(long address, long expected, long value) {
        boolean swapped = recorded.compareAndSet64(address, expected, value);
        if (swapped) {
            qtest.write64(address, value);
            both.tellChange();
        }
        return swapped;
    }

    @Override
    public void writeBarrier() {
        recorded.writeBarrier();
    }

    @Override
    public void cleanCache(long address, long lengthBytes) {
        recorded.cleanCache(address, lengthBytes);
    }

    private static long roundedUp(long lengthBytes) {
        return (lengthBytes + PAGE_BYTES - 1) / PAGE_BYTES * PAGE_BYTES;
    }
}
