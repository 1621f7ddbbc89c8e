package dev.hitless.iommu.driver.vtd;

import dev.hitless.iommu.api.platform.EventSink;
import dev.hitless.iommu.api.platform.Platform;
import dev.hitless.iommu.driver.support.id.IdAllocator;
import dev.hitless.iommu.driver.support.memory.EntryMemory;
import dev.hitless.iommu.driver.support.unit.DriverLocks;
import org.jspecify.annotations.Nullable;

/**
 * One remapping hardware unit, brought up.
 *
 * @param platform what the driver was given
 * @param hardware capabilities
 * @param command global command register
 * @param queue invalidation queue
 * @param invalidations what the queue is used for
 * @param tables memory of the tables that lead to translations
 * @param contexts root and context tables
 * @param writer changes PASID tables
 * @param faults fault recording
 * @param pageRequests page-request queue, where hardware has one
 * @param domainIds domain ids, {@link #NOBODYS_DOMAIN_ID} and {@link #IDENTITY_DOMAIN_ID} left out
 */
record RemappingUnit(
        Platform platform,
        HardwareCapabilities hardware,
        GlobalCommand command,
        InvalidationQueue queue,
        Invalidations invalidations,
        EntryMemory tables,
        ContextTables contexts,
        PasidTableWriter writer,
        FaultLog faults,
        @Nullable PageRequestQueue pageRequests,
        IdAllocator domainIds) {
    /** Not given out: hardware that caches not-present entries tags them with it (CAP.CM). */
    static final int NOBODYS_DOMAIN_ID = 0;

    /** Of the identity domain, which is the same behind every PASID. */
    static final int IDENTITY_DOMAIN_ID = 1;

    /** Where page tables are. */
    EntryMemory pageTables() {
        return new EntryMemory(tables.memory(), hardware.coherentPageWalk());
    }

    /** Where locks come from. */
    DriverLocks locks() {
        return new DriverLocks(platform.locks(), "vtd");
    }

    /** Where faults, page requests and warnings go. */
    EventSink events() {
        return platform.events();
    }
}
