package dev.hitless.iommu.driver.smmuv3;

import dev.hitless.iommu.api.platform.DriverLock;
import dev.hitless.iommu.api.platform.EventSink;
import dev.hitless.iommu.api.platform.Platform;
import dev.hitless.iommu.driver.support.id.IdAllocator;
import dev.hitless.iommu.driver.support.queue.CommandRing;
import org.jspecify.annotations.Nullable;

/**
 * An SMMU that was brought up, and what this driver uses to work with it.
 *
 * @param pageRequests null if it takes none
 * @param asids of stage-1 and SVA domains, from 1
 * @param vmids of stage-2 and nested domains, from 1; VMID 0 is for stage 1 only
 */
record SmmuUnit(
        Platform platform,
        HardwareCapabilities hardware,
        ControlRegister control,
        CommandRing ring,
        Invalidations invalidations,
        TableMemory tables,
        StreamTable streams,
        StreamTableEntries entries,
        EntryWriter streamWriter,
        EntryWriter contextWriter,
        EventLog eventLog,
        @Nullable PageRequestQueue pageRequests,
        IdAllocator asids,
        IdAllocator vmids) {
    EventSink events() {
        return platform.events();
    }

    DriverLock newLock(String what, String name) {
        return platform.locks().create("smmuv3." + what, name);
    }
}
