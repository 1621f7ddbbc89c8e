package dev.hitless.iommu.hardware.amdvi;

/**
 * Where device-table entries are: registers DevTabBase and, with Control.DevTblSegEn, the segment registers.
 *
 * <pre>
 * DevTabBase (0x000)            51:12 address | 8:0 size, in 4 KiB, minus 1
 * segments 1..7 (0x100 + 8*i)   51:12 address | 7:0 size, in 4 KiB, minus 1
 * </pre>
 *
 * The top bits of a DeviceID pick the segment, the others the entry in it.
 */
final class DeviceTable {
    static final int ENTRY_BYTES = 32;

    private final long[] registers;
    private final int segmentBits;

    /** {@code registers}: DevTabBase, then the seven segment registers. {@code segmentBits}: 0..3. */
    DeviceTable(long[] registers, int segmentBits) {
        this.registers = registers.clone();
        this.segmentBits = Math.min(segmentBits, 3);
    }

    /** Address of the entry of {@code deviceId}, or -1: beyond the table's end. */
    long entryAddress(int deviceId) {
        if (deviceId < 0 || deviceId > 0xFFFF) {
            return -1;
        }
        int segment = deviceId >>> (16 - segmentBits);
        int index = deviceId & (0xFFFF >>> segmentBits);
        long register = registers[segment];
        long bytes = (BitField.of(register, segment == 0 ? 8 : 7, 0) + 1) << 12;
        long offset = (long) index * ENTRY_BYTES;
        return offset < bytes ? BitField.inPlace(register, 51, 12) + offset : -1;
    }
}
