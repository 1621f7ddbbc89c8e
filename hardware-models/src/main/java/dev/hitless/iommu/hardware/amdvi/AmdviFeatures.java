package dev.hitless.iommu.hardware.amdvi;

import dev.hitless.iommu.hardware.HardwareConfiguration;

/**
 * What this IOMMU can do, decoded from the options; what depends on something that is missing is missing too.
 *
 * @param dteFetchBits largest part of a device-table entry that is certainly read at once: 256, 128 or 64
 * @param nonPresentCache not-present entries may be cached (capability NpCache)
 * @param ats device IOTLBs are supported (capability IotlbSup)
 * @param invalidateAll INVALIDATE_IOMMU_ALL is supported (IASup)
 * @param guestTranslation v2 tables are supported (GTSup)
 * @param guestWithoutPasid v2 tables for requests without PASID (GIoSup)
 * @param pageRequests page requests (PPRSup)
 * @param enhancedPageRequests enhanced page-request handling (EPHSup)
 * @param gcr3RootMode the GCR3 root may be a guest-physical address (GCR3TRPMode)
 * @param gcr3Levels levels of GCR3 tables, 1..3 (GLXSup + 1)
 * @param hostLevels largest Mode, 4..6 (HATS + 4)
 * @param guestLevels levels of v2 tables, 4 or 5 (GATS + 4)
 * @param pasidBits width of a PASID (PASMax + 1); 0 without guest translation
 */
record AmdviFeatures(
        int dteFetchBits,
        boolean nonPresentCache,
        boolean ats,
        boolean invalidateAll,
        boolean guestTranslation,
        boolean guestWithoutPasid,
        boolean pageRequests,
        boolean enhancedPageRequests,
        boolean gcr3RootMode,
        int gcr3Levels,
        int hostLevels,
        int guestLevels,
        int pasidBits) {
    /** Width of physical addresses in bits: the most that an entry can hold. */
    static final int PHYSICAL_BITS = 52;

    static AmdviFeatures of(HardwareConfiguration configuration) {
        boolean guest = configuration.flag(AmdviOptions.GUEST_TRANSLATION);
        return new AmdviFeatures(
                configuration.number(AmdviOptions.DTE_FETCH_BITS),
                configuration.flag(AmdviOptions.NON_PRESENT_CACHE),
                configuration.flag(AmdviOptions.ATS),
                configuration.flag(AmdviOptions.INV_ALL),
                guest,
                guest && configuration.flag(AmdviOptions.GIOSUP),
                configuration.flag(AmdviOptions.PPRSUP),
                configuration.flag(AmdviOptions.EPHSUP),
                guest && configuration.flag(AmdviOptions.GCR3TRPMODE),
                configuration.number(AmdviOptions.GCR3_LEVELS),
                configuration.number(AmdviOptions.HOST_LEVELS),
                configuration.number(AmdviOptions.GUEST_LEVELS),
                guest ? configuration.number(AmdviOptions.PASID_BITS) : 0);
    }

    /**
     * The extended feature register (MMIO 0x30).
     *
     * <pre>
     * 0 PreFSup, 1 PPRSup, 3 NXSup, 4 GTSup, 6 IASup, 11:10 HATS, 13:12 GATS, 15:14 GLXSup, 36:32 PASMax, 37 USSup,
     * 39:38 DevTblSegSup (3: eight segments), 48 GIoSup, 49 HASup, 50 EPHSup, 52 HDSup
     * </pre>
     */
    long extendedFeatures() {
        long value = 1L | 1L << 3 | 1L << 37 | 3L << 38 | 1L << 49 | 1L << 52;
        value |= bit(1, pageRequests) | bit(4, guestTranslation) | bit(6, invalidateAll);
        value |= bit(48, guestWithoutPasid) | bit(50, enhancedPageRequests);
        value |= (long) (hostLevels - 4) << 10;
        if (guestTranslation) {
            value |= (long) (guestLevels - 4) << 12;
            value |= (long) (gcr3Levels - 1) << 14;
            value |= (long) (pasidBits - 1) << 32;
        }
        return value;
    }

    /** The second extended feature register (MMIO 0x1a0): bit 3 GCR3TRPMode. */
    long extendedFeatures2() {
        return bit(3, gcr3RootMode);
    }

    /** Control bits that this hardware implements; all others stay 0. */
    long controlBits() {
        long bits = BitField.mask(12, 0);
        bits |= BitField.mask(36, 34) | BitField.mask(47, 46);
        if (pageRequests) {
            bits |= BitField.mask(15, 13);
        }
        return bits | bit(16, guestTranslation) | bit(45, enhancedPageRequests) | bit(58, gcr3RootMode);
    }

    private static long bit(int number, boolean set) {
        return set ? 1L << number : 0;
    }
}
