package dev.hitless.iommu.core;

import dev.hitless.iommu.api.IommuDevice;
import dev.hitless.iommu.api.IommuDriver;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/** Which group a device is in. Read by every operation, before it takes the group's mutex, and by the fault path. */
final class DeviceRegistry {
    private final Map<IommuDevice, IommuGroup> groupByDevice = new ConcurrentHashMap<>();
    private final List<IommuGroup> groups = new CopyOnWriteArrayList<>();

    void add(IommuGroup group) {
        groups.add(group);
    }

    void add(IommuDevice device, IommuGroup group) {
        groupByDevice.put(device, group);
    }

    void remove(IommuDevice device) {
        groupByDevice.remove(device);
    }

    /** In the order of their creation. A copy. */
    List<IommuGroup> groups() {
        return List.copyOf(groups);
    }

    @Nullable
    IommuGroup groupOf(IommuDevice device) {
        return groupByDevice.get(device);
    }

    /** The device of {@code driver} whose requests carry {@code requesterId}; null when there is none. */
    @Nullable
    IommuDevice findByRequester(IommuDriver driver, int requesterId) {
        for (IommuGroup group : groups) {
            if (!group.driver().equals(driver)) {
                continue;
            }
            for (GroupMember member : group.members()) {
                if (member.device().description().requesterIds().contains(requesterId)) {
                    return member.device();
                }
            }
        }
        return null;
    }
}
