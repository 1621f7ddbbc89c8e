package dev.hitless.iommu.driver.amdvi;

import dev.hitless.iommu.api.platform.EventSink;
import dev.hitless.iommu.api.platform.Platform;
import dev.hitless.iommu.driver.support.id.IdAllocator;
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
 * @param pageRequests page-request log, where hardware has one
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
        @Nullable PageRequestLog pageRequests,
        IdAllocator domainIds) {
    /** Where faults, page requests and warnings go. */
    EventSink events() {
        return platform.events();
    }
}
