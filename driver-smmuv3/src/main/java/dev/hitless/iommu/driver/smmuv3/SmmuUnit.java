package dev.hitless.iommu.driver.smmuv3;

import dev.hitless.iommu.api.platform.EventSink;
import dev.hitless.iommu.api.platform.Platform;
import dev.hitless.iommu.driver.support.event.PageRequests;
import dev.hitless.iommu.driver.support.id.IdAllocator;
import dev.hitless.iommu.driver.support.memory.EntryMemory;
import dev.hitless.iommu.driver.support.queue.CommandRing;
import dev.hitless.iommu.driver.support.unit.DriverLocks;
import org.jspecify.annotations.Nullable;

/**
 * An SMMU that was brought up, and what this driver uses to work with it.
 *
 * @param contextLeaf of devices' tables of context descriptors
 * @param pageRequestQueue null if it takes none
 * @param asids of stage-1 and SVA domains, from 1
 * @param vmids of stage-2 and nested domains, from 1; VMID 0 is for stage 1 only
 */
record SmmuUnit(
        Platform platform,
        HardwareCapabilities hardware,
        ContextLeaf contextLeaf,
        ControlRegister control,
        CommandRing ring,
        Invalidations invalidations,
        EntryMemory tables,
        StreamTable streams,
        StreamTableEntries entries,
        EntryWriter streamWriter,
        EntryWriter contextWriter,
        EventLog eventLog,
        @Nullable PageRequestQueue pageRequestQueue,
        IdAllocator asids,
        IdAllocator vmids) {
    EventSink events() {
        return platform.events();
    }

    /** Where locks come from. */
    DriverLocks locks() {
        return new DriverLocks(platform.locks(), "smmuv3");
    }

    /** Page requests from their arrival to their answer; null if it takes none. */
    @Nullable
    PageRequests pageRequests() {
        return pageRequestQueue == null ? null : pageRequestQueue.requests();
    }
}
