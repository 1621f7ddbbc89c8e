package dev.hitless.iommu.conformance.junit;

import dev.hitless.iommu.api.platform.EventSink;
import dev.hitless.iommu.api.platform.Locks;
import dev.hitless.iommu.api.platform.PhysicalMemory;
import dev.hitless.iommu.api.platform.Platform;
import dev.hitless.iommu.api.platform.RegisterBank;
import dev.hitless.iommu.api.platform.Waiter;

/** A platform with other locks. */
record PlatformWithLocks(Platform platform, Locks locks) implements Platform {
    @Override
    public PhysicalMemory memory() {
        return platform.memory();
    }

    @Override
    public RegisterBank registers() {
        return platform.registers();
    }

    @Override
    public Waiter waiter() {
        return platform.waiter();
    }

    @Override
    public EventSink events() {
        return platform.events();
    }
}
