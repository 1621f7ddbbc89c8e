package dev.hitless.iommu.hardware;

import java.util.Map;

/** What a guest set up for one nested domain. */
public interface GuestContext {
    /** Guest-physical address that the guest would program. */
    long guestRoot();

    /** The guest's page table; its output addresses are guest physical. */
    CpuPageTable pageTable();

    /**
     * Page tables for requests that carry a PASID of the guest's own, by PASID; PASID 0, carried explicitly, may be one of
     * them, and the table may be {@link #pageTable}. Empty where a guest has one table only and PASIDs are the host's.
     */
    default Map<Integer, CpuPageTable> pasidTables() {
        return Map.of();
    }

    /** Further fields that the guest would program, by the names that the vendor's driver documents. */
    Map<String, Long> fields();

    /** Physical addresses of all pages that hold the guest's structures: the parent domain must map them. */
    Iterable<Long> structurePages();

    /** Frees all of it. */
    void free();
}
