package dev.hitless.iommu.driver.amdvi;

import dev.hitless.iommu.api.Errno;
import dev.hitless.iommu.api.IommuException;
import dev.hitless.iommu.api.platform.PhysicalMemory;
import dev.hitless.iommu.api.platform.RegisterBank;
import java.util.ArrayList;
import java.util.List;

/**
 * The device table: one entry for each DeviceID, all of which block until a device is probed. A DeviceID beyond the table
 * is refused by the hardware (ILLEGAL_DEV_TABLE_ENTRY).
 *
 * <p>It is in one piece, or in 2, 4 or 8 segments, each of them contiguous by itself. The top bits of a DeviceID pick the
 * segment, the others the entry in it (48882, 2.2.2 and 3.4.10):
 *
 * <pre>
 *               15      16-n 15-n                0
 *              +------------+---------------------+
 *  DeviceID    |  segment   |   entry             |     n = Control.DevTblSegEn, 0..3
 *              +------------+---------------------+
 * </pre>
 */
final class DeviceTable {
    /** As much of an entry hardware reads at once, as 48882, 2.2.2.2 takes for granted. */
    static final int PROMISED_FETCH_BITS = 128;

    private static final int ENTRIES_PER_PAGE = PhysicalMemory.PAGE_BYTES / DeviceTableEntry.BYTES;
    private static final int DEVICE_ID_BITS = 16;

    private final PhysicalMemory memory;
    private final int entries;
    private final int segmentBits;
    private final List<Segment> segments = new ArrayList<>();
    private final int fetchBits;

    /**
     * A table that hardware does not know yet.
     *
     * @param lastDeviceId the highest DeviceID to be covered, 0..0xFFFF
     * @param segmentBits log2 of the number of segments, 0..3
     * @param fetchBits how much of an entry hardware reads at once: 64, 128 or 256
     * @throws IommuException ENOMEM
     */
    DeviceTable(PhysicalMemory memory, int lastDeviceId, int segmentBits, int fetchBits) {
        this.memory = memory;
        this.fetchBits = fetchBits;
        this.entries = (lastDeviceId / ENTRIES_PER_PAGE + 1) * ENTRIES_PER_PAGE;
        this.segmentBits = segmentBits;
        try {
            for (int first = 0; first <= 0xFFFF; first += entriesOfAWholeSegment()) {
                segments.add(allocate(first));
            }
        } catch (IommuException e) {
            free();
            throw e;
        }
        memory.writeBarrier();
    }

    /** The segment that begins with DeviceID {@code first}; one page, the least there is, if nobody needs it. */
    private Segment allocate(int first) {
        int needed = Math.max(ENTRIES_PER_PAGE, Math.min(entriesOfAWholeSegment(), entries - first));
        Segment segment = new Segment(memory.allocate((long) needed * DeviceTableEntry.BYTES, true), needed);
        // Zeroes would be V=0, which lets all DMA pass untranslated.
        for (int index = 0; index < needed; index++) {
            memory.store64(segment.address(index), DeviceTableEntry.BLOCKED.word0());
        }
        return segment;
    }

    private int entriesOfAWholeSegment() {
        return 1 << (DEVICE_ID_BITS - segmentBits);
    }

    /** Tells hardware, which must be off. */
    void install(RegisterBank registers, ControlRegister control) {
        registers.write64(Registers.DEVICE_TABLE_BASE, segments.get(0).register());
        for (int index = 1; index < segments.size(); index++) {
            registers.write64(
                    Registers.deviceTableSegment(index), segments.get(index).register());
        }
        if (segmentBits > 0) {
            control.set((long) segmentBits << Registers.DEVICE_TABLE_SEGMENTS_SHIFT);
        }
    }

    /** Gives the memory back. Hardware must be off. */
    void free() {
        segments.forEach(segment -> memory.free(segment.base(), segment.bytes()));
        segments.clear();
    }

    /** Throws EINVAL if the table has no such entry. */
    void requireDeviceId(String deviceName, int deviceId) {
        if (deviceId < 0 || deviceId >= entries) {
            throw new IommuException(
                    Errno.EINVAL,
                    "device " + deviceName + ": requester id 0x" + Integer.toHexString(deviceId)
                            + " is beyond the device table, which ends at 0x" + Integer.toHexString(entries - 1)
                            + "; ids have 16 bits, and driver option " + AmdviDriverProvider.LAST_REQUESTER_ID
                            + " says how many are covered");
        }
    }

    /** Address of an entry. */
    long address(int deviceId) {
        return segments.get(deviceId / entriesOfAWholeSegment()).address(deviceId % entriesOfAWholeSegment());
    }

    /** Whether 128 bits can change at once: the CPU stores as much at once, and hardware reads as much. */
    boolean changes128BitsAtOnce() {
        return memory.hasStore128() && fetchBits >= 128;
    }

    /** The memory that it is in. */
    PhysicalMemory memory() {
        return memory;
    }

    /**
     * A contiguous piece.
     *
     * @param base physical address, in whole pages
     * @param entries how many there are, in whole pages
     */
    private record Segment(long base, int entries) {
        long address(int index) {
            return base + (long) index * DeviceTableEntry.BYTES;
        }

        long bytes() {
            return (long) entries * DeviceTableEntry.BYTES;
        }

        /** As in DevTabBase and the segment registers: 51:12 base, below it the number of pages minus 1. */
        long register() {
            return base | entries / ENTRIES_PER_PAGE - 1;
        }
    }
}
