package dev.hitless.iommu.driver.smmuv3;

import dev.hitless.iommu.driver.support.memory.EntryMemory;
import dev.hitless.iommu.driver.support.queue.CommandRing;
import dev.hitless.iommu.driver.support.replace.Ownership;
import dev.hitless.iommu.driver.support.update.EntryLayout;

/** Makes the parts that decide how hardware is told of changes. One place, so that a part can be exchanged for another. */
class UnitParts {
    /** What is dropped with which command. */
    Invalidations invalidations(CommandRing ring, HardwareCapabilities hardware) {
        return new Invalidations(ring, hardware.rangeInvalidation());
    }

    /** How stream table entries are changed. */
    EntryWriter streamWriter(EntryMemory tables, EntryLayout layout) {
        return new EntryWriter(tables, layout);
    }

    /** How context descriptors are changed. */
    EntryWriter contextWriter(EntryMemory tables, EntryLayout layout) {
        return new EntryWriter(tables, layout);
    }

    /** In which order a domain is put in place of another. */
    SmmuReplacement replacement(Ownership<Smmuv3Device, SmmuDomain> ownership, SmmuUnit unit, ChangePlanner planner) {
        return new SmmuReplacement(ownership, unit, planner);
    }
}
