package dev.hitless.iommu.driver.amdvi;

import dev.hitless.iommu.api.platform.PhysicalMemory;

/**
 * Where the walk of a v2 table begins. All v2 tables behind one device have the same depth (GuestPagingMode), and this
 * driver chooses the largest that the hardware walks. A table of 4 levels on hardware that walks 5 gets a page of its own
 * on top, whose slots lead to it for the addresses that it translates:
 *
 * <pre>
 *  slot 511   addresses with bits 56:48 set, where sign extension puts the upper half
 *   ...       nothing
 *  slot 0     addresses below 1 << 48
 * </pre>
 *
 * <p>So a change between tables of 4 and 5 levels is one GCR3 store like any other. Upstream has one depth for the whole
 * system.
 */
final class GuestRoot {
    private static final long TABLE_FLAGS = 0x27; // P, RW, U/S, A
    private static final int LAST_SLOT = 511;

    private final PhysicalMemory memory;
    private final long address;
    private final boolean ownPage;

    private GuestRoot(PhysicalMemory memory, long address, boolean ownPage) {
        this.memory = memory;
        this.address = address;
        this.ownPage = ownPage;
    }

    /**
     * A root for the table at {@code root}.
     *
     * @param levels of that table
     * @param walkedLevels that hardware walks, not fewer
     * @param upperHalf whether the table translates addresses of the upper half, too
     * @throws dev.hitless.iommu.api.IommuException ENOMEM
     */
    static GuestRoot of(PhysicalMemory memory, long root, int levels, int walkedLevels, boolean upperHalf) {
        if (levels == walkedLevels) {
            return new GuestRoot(memory, root, false);
        }
        long page = memory.allocate(PhysicalMemory.PAGE_BYTES, true);
        memory.store64(page, root | TABLE_FLAGS);
        if (upperHalf) {
            memory.store64(page + (long) LAST_SLOT * Long.BYTES, root | TABLE_FLAGS);
        }
        memory.writeBarrier();
        return new GuestRoot(memory, page, true);
    }

    /** The GCR3 entry. */
    long gcr3Entry() {
        return Gcr3Table.entry(address);
    }

    /** Gives the page on top back, if there is one. */
    void free() {
        if (ownPage) {
            memory.free(address, PhysicalMemory.PAGE_BYTES);
        }
    }
}
