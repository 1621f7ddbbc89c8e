package dev.hitless.iommu.driver.amdvi;

import dev.hitless.iommu.api.Errno;
import dev.hitless.iommu.api.IommuException;
import dev.hitless.iommu.api.platform.PhysicalMemory;
import dev.hitless.iommu.api.platform.RegisterBank;

/**
 * The device table: one entry for each DeviceID, all of which block until a device is probed. A DeviceID beyond the table
 * is refused by the hardware (ILLEGAL_DEV_TABLE_ENTRY).
 */
final class DeviceTable {
    private static final int ENTRIES_PER_PAGE = PhysicalMemory.PAGE_BYTES / DeviceTableEntry.BYTES;

    private final PhysicalMemory memory;
    private final int entries;
    private final long base;

    /**
     * A table that hardware does not know yet.
     *
     * @param lastDeviceId the highest DeviceID to be covered, 0..0xFFFF
     * @throws IommuException ENOMEM
     */
    DeviceTable(PhysicalMemory memory, int lastDeviceId) {
        this.memory = memory;
        this.entries = (lastDeviceId / ENTRIES_PER_PAGE + 1) * ENTRIES_PER_PAGE;
        this.base = memory.allocate(bytes(), true);
        // Zeroes would be V=0, which lets all DMA pass untranslated.
        for (int id = 0; id < entries; id++) {
            memory.store64(address(id), DeviceTableEntry.BLOCKED.word0());
        }
        memory.writeBarrier();
    }

    /** Tells hardware. */
    void install(RegisterBank registers) {
        registers.write64(Registers.DEVICE_TABLE_BASE, base | entries / ENTRIES_PER_PAGE - 1);
    }

    /** Gives the memory back. Hardware must be off. */
    void free() {
        memory.free(base, bytes());
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
        return base + (long) deviceId * DeviceTableEntry.BYTES;
    }

    /** The memory that it is in. */
    PhysicalMemory memory() {
        return memory;
    }

    private long bytes() {
        return (long) entries * DeviceTableEntry.BYTES;
    }
}
