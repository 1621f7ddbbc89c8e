package dev.hitless.iommu.qemu.board;

import dev.hitless.iommu.qemu.qtest.QtestConnection;

/**
 * QEMU's {@code edu} device (PCI 1234:11e8): a DMA engine with a buffer of 4 KiB that only its own DMA can see. A DMA that
 * the IOMMU refuses is reported nowhere: a load fills its part of the buffer with zeroes, a store is dropped.
 *
 * <pre>
 *  BAR 0   0x80  source        an I/O address, or 0x40000 + offset in the buffer
 *          0x88  destination   the same
 *          0x90  count         bytes
 *          0x98  command       bit 0 start, busy while 1; bit 1: 0 to the buffer, 1 from the buffer
 * </pre>
 */
public final class EduDevice {
    /** What can be used of its buffer: a transfer up to the very end of it ends the process (release 7.2). */
    public static final int BUFFER_BYTES = 4096 - 8;

    private static final long SOURCE = 0x80;
    private static final long DESTINATION = 0x88;
    private static final long COUNT = 0x90;
    private static final long COMMAND = 0x98;
    private static final long BUFFER = 0x40000;
    private static final long BUSY = 1;
    private static final long LOAD = 1;
    private static final long STORE = 3;
    private static final int MOST_POLLS = 10_000;

    private static final int VENDOR_AND_DEVICE = 0x11E8_1234;

    private final QtestConnection qtest;
    private final DevicePlace place;
    private final long registers;
    private long transfers;

    EduDevice(QtestConnection qtest, DevicePlace place, long registers) {
        this.qtest = qtest;
        this.place = place;
        this.registers = registers;
    }

    static boolean isOne(int vendorAndDevice) {
        return vendorAndDevice == VENDOR_AND_DEVICE;
    }

    /** Where it sits. */
    public DevicePlace place() {
        return place;
    }

    /** DMA operations so far. */
    public long transfers() {
        return transfers;
    }

    /** DMA from memory at {@code iova} to the buffer. */
    public void load(long iova, int bufferOffset, int bytes) {
        transfer(iova, BUFFER + checked(bufferOffset, bytes), bytes, LOAD);
    }

    /** DMA from the buffer to memory at {@code iova}. */
    public void store(int bufferOffset, long iova, int bytes) {
        transfer(BUFFER + checked(bufferOffset, bytes), iova, bytes, STORE);
    }

    private void transfer(long source, long destination, int bytes, long command) {
        transfers++;
        qtest.write64(registers + SOURCE, source);
        qtest.write64(registers + DESTINATION, destination);
        qtest.write64(registers + COUNT, bytes);
        qtest.write64(registers + COMMAND, command);
        for (int poll = 0; poll < MOST_POLLS; poll++) {
            if ((qtest.read64(registers + COMMAND) & BUSY) == 0) {
                return;
            }
        }
        throw new IllegalStateException("a DMA of the device at " + place + " does not end");
    }

    private static int checked(int offset, int bytes) {
        if (offset < 0 || bytes <= 0 || offset + bytes > BUFFER_BYTES) {
            throw new IllegalArgumentException(
                    bytes + " bytes at " + offset + " do not fit the buffer of " + BUFFER_BYTES + " bytes");
        }
        return offset;
    }
}
