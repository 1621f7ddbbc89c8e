package dev.hitless.iommu.driver.vtd;

/**
 * The device that a device-TLB invalidation is sent to.
 *
 * @param sourceId bus:device.function
 * @param queueDepth invalidations that it can take at once, 1..32
 * @param physicalFunction the physical function behind it (PFSID), or -1 where the hardware does not want to know
 *     (ECAP.DIT clear)
 */
record DeviceTlbTarget(int sourceId, int queueDepth, int physicalFunction) {
    /** MIP, five bits: 32 is written as 0. */
    int pendingLimitCode() {
        return queueDepth & 0x1F;
    }

    /** PFSID, split over word 0 [15:12] and [63:52]. */
    long physicalFunctionBits() {
        if (physicalFunction < 0) {
            return 0;
        }
        return (physicalFunction & 0xFL) << 12 | (physicalFunction & 0xFFF0L) << 48;
    }
}
