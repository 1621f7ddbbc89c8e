package dev.hitless.iommu.driver.smmuv3;

import dev.hitless.iommu.api.platform.Platform;
import dev.hitless.iommu.driver.support.memory.EntryMemory;
import dev.hitless.iommu.driver.support.queue.CommandRing;
import dev.hitless.iommu.driver.support.queue.ConsumerCompletion;
import dev.hitless.iommu.driver.support.queue.RingGeometry;
import dev.hitless.iommu.driver.support.replace.Ownership;
import dev.hitless.iommu.driver.support.update.EntryLayout;

/** Makes the parts that decide how hardware is told of changes. One place, so that a part can be exchanged for another. */
class UnitParts {
    /** How commands reach the hardware, which does not look yet. Throws ENOMEM. */
    CommandRing commandQueue(Platform platform, ControlRegister control, RingGeometry geometry) {
        return new CommandRing(
                geometry,
                platform,
                platform.locks().create("smmuv3.command-queue", "command-queue"),
                new CommandQueuePort(platform.registers(), control, geometry.entries()),
                new ConsumerCompletion(Command.SYNC.words()));
    }

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
