package dev.hitless.iommu.driver.vtd;

import dev.hitless.iommu.api.platform.Platform;
import dev.hitless.iommu.driver.support.memory.EntryMemory;
import dev.hitless.iommu.driver.support.replace.Ownership;

/** Makes the parts that decide how hardware is told of changes. One place, so that a part can be exchanged for another. */
class UnitParts {
    /** How commands reach the hardware. Throws ENOMEM. */
    InvalidationQueue queue(Platform platform, GlobalCommand command) {
        return new InvalidationQueue(platform, command);
    }

    /** What is dropped with which command. */
    Invalidations invalidations(InvalidationQueue queue, HardwareCapabilities hardware) {
        return new QueuedInvalidations(queue, hardware);
    }

    /** Which devices use which PASID directory. Throws ENOMEM. */
    ContextTables contexts(EntryMemory tables, Invalidations invalidations, HardwareCapabilities hardware) {
        return new ContextTables(tables, invalidations, hardware.cachingMode());
    }

    /** How PASID entries are changed. */
    PasidTableWriter writer(EntryMemory tables, Invalidations invalidations, HardwareCapabilities hardware) {
        return new PasidTableWriter(tables, invalidations, hardware.cachingMode());
    }

    /** In which order a domain is put in place of another. */
    PasidReplacement replacement(Ownership<VtdDevice, VtdDomain> ownership, RemappingUnit unit) {
        return new PasidReplacement(ownership, unit);
    }
}
