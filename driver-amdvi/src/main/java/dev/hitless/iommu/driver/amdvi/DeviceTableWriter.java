package dev.hitless.iommu.driver.amdvi;

import dev.hitless.iommu.api.platform.PhysicalMemory;
import java.util.List;

/**
 * Writes device-table entries that hardware may be reading. After each step the copies that hardware keeps are
 * invalidated, and that is waited for: so no request is served by pieces of more than two steps.
 *
 * <p>All DeviceIDs of a device are taken through a step before the next one begins. They switch at different instants;
 * nothing is promised across DeviceIDs.
 */
class DeviceTableWriter {
    private final DeviceTable table;
    private final PhysicalMemory memory;
    private final Invalidations invalidations;

    DeviceTableWriter(DeviceTable table, Invalidations invalidations) {
        this.table = table;
        this.memory = table.memory();
        this.invalidations = invalidations;
    }

    /** How {@code old} would be turned into {@code target}. */
    DeviceTableUpdate plan(DeviceTableEntry old, DeviceTableEntry target) {
        return DeviceTableUpdate.plan(old, target, table.changes128BitsAtOnce());
    }

    /**
     * Carries {@code update} out.
     *
     * @param deviceIds all of which hold {@code old}
     * @throws dev.hitless.iommu.api.IommuException EIO, ETIMEDOUT; some steps may have been taken then
     */
    void carryOut(List<Integer> deviceIds, DeviceTableEntry old, DeviceTableUpdate update) {
        DeviceTableEntry before = old;
        for (DeviceTableEntry step : update.steps()) {
            for (int id : deviceIds) {
                write(table.address(id), before, step);
            }
            memory.writeBarrier();
            invalidations.deviceTableEntries(deviceIds);
            before = step;
        }
    }

    /** One store to what hardware looks at; several only to what it does not. */
    final void write(long address, DeviceTableEntry before, DeviceTableEntry step) {
        if (before.word2() != step.word2()) {
            memory.store64(address + 2L * Long.BYTES, step.word2());
        }
        if (before.word0() == step.word0()) {
            if (before.word1() != step.word1()) {
                memory.store64(address + Long.BYTES, step.word1());
            }
        } else if (before.word1() == step.word1()) {
            memory.store64(address, step.word0());
        } else {
            memory.store128(address, step.word0(), step.word1());
        }
    }

    /**
     * Writes entries whose words 1 and 2 are there already, and invalidates nothing: for when that has just failed.
     */
    void storeAtOnce(List<Integer> deviceIds, DeviceTableEntry entry) {
        for (int id : deviceIds) {
            memory.store64(table.address(id), entry.word0());
        }
        memory.writeBarrier();
    }

    /** Makes entries abort all DMA, whatever they hold, and invalidates nothing. */
    void blockAtOnce(List<Integer> deviceIds) {
        storeAtOnce(deviceIds, DeviceTableEntry.BLOCKED);
        for (int id : deviceIds) {
            memory.store64(table.address(id) + Long.BYTES, DeviceTableEntry.BLOCKED.word1());
            memory.store64(table.address(id) + 2L * Long.BYTES, DeviceTableEntry.BLOCKED.word2());
        }
        memory.writeBarrier();
    }
}
