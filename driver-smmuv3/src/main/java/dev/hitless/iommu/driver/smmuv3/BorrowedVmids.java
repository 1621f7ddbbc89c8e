package dev.hitless.iommu.driver.smmuv3;

import dev.hitless.iommu.api.platform.DriverLock;
import dev.hitless.iommu.driver.support.unit.DriverLocks;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * VMIDs other than 0 under which a stage-1 domain may be cached for a while, because a device comes from or goes to stage 2
 * by way of them ({@link StreamTableEntryLayout#tagAhead}). An unmap meanwhile has to name them too: one that looks here
 * before has cleared its descriptors before the device's entry changes.
 */
final class BorrowedVmids {
    private final DriverLock lock;
    private final Map<Smmuv3Device, Integer> byDevice = new LinkedHashMap<>();

    /** None yet. {@code domain}: the name of the stage-1 domain. */
    BorrowedVmids(DriverLocks locks, String domain) {
        this.lock = locks.create("borrowed-vmids", domain);
    }

    /** Before the first store to an entry of {@code device}. */
    void borrow(Smmuv3Device device, int vmid) {
        lock.with(() -> byDevice.put(device, vmid));
    }

    /** When nothing is cached for {@code device} under it any more. */
    void giveBack(Smmuv3Device device) {
        lock.with(() -> byDevice.remove(device));
    }

    /** All VMIDs that count: 0, and those. A copy. */
    List<Integer> andOwn() {
        List<Integer> all = new ArrayList<>(List.of(0));
        lock.with(() -> byDevice.values().stream().distinct().forEach(all::add));
        return all;
    }
}
