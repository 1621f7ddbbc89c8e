package dev.hitless.iommu.driver.amdvi;

import dev.hitless.iommu.api.Errno;
import dev.hitless.iommu.api.IommuException;

/**
 * What the device table shall be like.
 *
 * @param lastDeviceId the highest DeviceID to be covered, 0..0xFFFF
 * @param segments how many pieces it is in: 1, 2, 4 or 8
 */
record DeviceTableShape(int lastDeviceId, int segments) {
    /** @throws IommuException EINVAL if {@code segments} is no such number */
    DeviceTableShape {
        if (segments < 1 || segments > 8 || Integer.bitCount(segments) != 1) {
            throw new IommuException(
                    Errno.EINVAL,
                    "option " + AmdviDriverProvider.DEVICE_TABLE_SEGMENTS + "=" + segments + " is not 1, 2, 4 or 8");
        }
    }

    /** log2 of {@link #segments}. */
    int segmentBits() {
        return Integer.numberOfTrailingZeros(segments);
    }

    /** Throws EINVAL if {@code hardware} has fewer segments. */
    void requirePossible(HardwareCapabilities hardware) {
        if (segmentBits() > hardware.deviceTableSegmentBits()) {
            throw new IommuException(
                    Errno.EINVAL,
                    "option " + AmdviDriverProvider.DEVICE_TABLE_SEGMENTS + "=" + segments
                            + " is more than this hardware has (EFR.DevTblSegSup allows "
                            + (1 << hardware.deviceTableSegmentBits()) + "); leave it out for a table in one piece");
        }
    }
}
