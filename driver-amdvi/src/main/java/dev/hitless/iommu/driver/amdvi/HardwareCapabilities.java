package dev.hitless.iommu.driver.amdvi;

import dev.hitless.iommu.api.platform.RegisterBank;

/**
 * What the hardware says about itself (48882, 3.2 and 3.4.13).
 *
 * <pre>
 * capability header  24 IotlbSup  26 NpCache  27 EFRSup
 * capability misc    14:8 PAsize
 * EFR    1 PPRSup  4 GTSup  6 IASup  11:10 HATS  13:12 GATS  15:14 GLXSup  36:32 PASMax
 *        39:38 DevTblSegSup  48 GIoSup  50 EPHSup
 * EFR2   3 GCR3TRPMode
 * </pre>
 *
 * @param header capability header
 * @param misc capability miscellaneous information
 * @param features extended feature register, 0 if there is none
 * @param features2 extended feature register 2, 0 if there is none
 */
record HardwareCapabilities(int header, int misc, long features, long features2) {
    /** The most that a page-table entry can hold. */
    private static final int ENTRY_ADDRESS_BITS = 52;

    private static final int PASID_BITS_PER_LEVEL = 9;

    /** Reads everything. */
    static HardwareCapabilities read(RegisterBank registers) {
        int header = registers.read32(Registers.CAPABILITY_HEADER);
        boolean extended = (header & (1 << 27)) != 0;
        return new HardwareCapabilities(
                header,
                registers.read32(Registers.CAPABILITY_MISC),
                extended ? registers.read64(Registers.EXTENDED_FEATURES) : 0,
                extended ? registers.read64(Registers.EXTENDED_FEATURES_2) : 0);
    }

    /** IotlbSup: devices may cache translations (ATS). */
    boolean deviceTlb() {
        return (header & (1 << 24)) != 0;
    }

    /** NpCache: entries that are not present may be cached. */
    boolean cachesNotPresent() {
        return (header & (1 << 26)) != 0;
    }

    /** PAsize: width of physical addresses. */
    int physicalAddressBits() {
        int bits = (misc >>> 8) & 0x7F;
        return bits >= 32 && bits <= ENTRY_ADDRESS_BITS ? bits : ENTRY_ADDRESS_BITS;
    }

    /** IASup: INVALIDATE_IOMMU_ALL is known. */
    boolean invalidatesAll() {
        return bit(6);
    }

    /** HATS: levels of the largest v1 table; 4, 5 or 6. */
    int hostLevels() {
        return Math.min(6, 4 + (int) field(10, 2));
    }

    /** GATS: levels of the largest v2 table; 4 or 5. */
    int guestLevels() {
        return field(12, 2) == 1 ? 5 : 4;
    }

    /**
     * GTSup and GIoSup: v2 tables, for requests without PASID too. GTSup alone is found on hardware, and on emulated
     * hardware, where GV=1 without host translation lets everything pass.
     */
    boolean guestTranslation() {
        return bit(4) && bit(48);
    }

    /** PPRSup: page requests are logged. */
    boolean pageRequests() {
        return bit(1);
    }

    /** EPHSup: enhanced handling of page requests. */
    boolean enhancedPageRequests() {
        return bit(50);
    }

    /** Width of PASIDs: of PASMax and what GCR3 tables of GLXSup + 1 levels reach, the smaller; 0 without PASIDs. */
    int pasidBits() {
        if (!guestTranslation() || !pageRequests() || !enhancedPageRequests()) {
            return 0;
        }
        return (int) Math.min(Math.min(20, field(32, 5) + 1), PASID_BITS_PER_LEVEL * gcr3Levels());
    }

    /** GLXSup + 1: levels of the largest GCR3 table; 1 to 3. */
    int gcr3Levels() {
        return (int) Math.min(3, field(14, 2) + 1);
    }

    /** GCR3TRPMode: a nested GCR3 table can be named by its guest-physical address. */
    boolean guestPhysicalGcr3Root() {
        return (features2 & (1 << 3)) != 0;
    }

    /** DevTblSegSup: log2 of the most segments that the device table can be in; 0 to 3. */
    int deviceTableSegmentBits() {
        return (int) field(38, 2);
    }

    /** Guests can have their own tables on top of a v1 table. */
    boolean nesting() {
        return guestTranslation() && guestPhysicalGcr3Root();
    }

    private boolean bit(int index) {
        return ((features >>> index) & 1) != 0;
    }

    private long field(int low, int bits) {
        return (features >>> low) & ((1L << bits) - 1);
    }
}
