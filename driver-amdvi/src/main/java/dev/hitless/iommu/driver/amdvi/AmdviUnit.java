package dev.hitless.iommu.driver.amdvi;

import dev.hitless.iommu.api.platform.EventSink;
import dev.hitless.iommu.api.platform.Platform;
import dev.hitless.iommu.driver.support.event.PageRequests;
import dev.hitless.iommu.driver.support.id.IdAllocator;
import dev.hitless.iommu.driver.support.memory.AddressSpan;
import dev.hitless.iommu.driver.support.memory.EntryMemory;
import dev.hitless.iommu.driver.support.track.DomainUsers;
import dev.hitless.iommu.driver.support.unit.DriverLocks;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One IOMMU, brought up.
 *
 * @param platform what the driver was given
 * @param hardware capabilities
 * @param control control register
 * @param commands command buffer
 * @param invalidations what the command buffer is used for
 * @param deviceTable device table
 * @param writer changes the device table
 * @param eventLog event log
 * @param pageRequestLog page-request log, where hardware has one
 * @param domainIds DomainIDs, 0 left out
 */
record AmdviUnit(
        Platform platform,
        HardwareCapabilities hardware,
        ControlRegister control,
        CommandBuffer commands,
        Invalidations invalidations,
        DeviceTable deviceTable,
        DeviceTableWriter writer,
        EventLog eventLog,
        @Nullable PageRequestLog pageRequestLog,
        IdAllocator domainIds) {
    /** Where page tables are. Walks snoop. */
    EntryMemory tables() {
        return new EntryMemory(platform.memory(), true);
    }

    /** Where locks come from. */
    DriverLocks locks() {
        return new DriverLocks(platform.locks(), "amdvi");
    }

    /** Page requests from their arrival to their answer; null if hardware takes none. */
    @Nullable
    PageRequests pageRequests() {
        return pageRequestLog == null ? null : pageRequestLog.requests();
    }

    /** Makes IOMMU and devices forget {@code pages} of all users of a domain. */
    void invalidate(AmdviDomain domain, DomainUsers users, List<AddressSpan> pages) {
        users.with(now -> {
            if (!now.isEmpty()) {
                invalidations.pages(domain.tags(now), pages);
                invalidations.devices(now, pages);
            }
        });
    }

    /** Where faults, page requests and warnings go. */
    EventSink events() {
        return platform.events();
    }
}
