package dev.hitless.iommu.api.platform;

/** What one driver instance is given to work with. */
public interface Platform {
    /** Memory that both CPU and IOMMU see. */
    PhysicalMemory memory();

    /** The IOMMU's registers. */
    RegisterBank registers();

    /** Waiting for the hardware. */
    Waiter waiter();

    /** Locks. */
    Locks locks();

    /** Where faults, page requests and warnings go. */
    EventSink events();
}
