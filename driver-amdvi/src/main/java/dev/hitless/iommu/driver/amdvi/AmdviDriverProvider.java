package dev.hitless.iommu.driver.amdvi;

import dev.hitless.iommu.api.DriverOptions;
import dev.hitless.iommu.api.Errno;
import dev.hitless.iommu.api.IommuApi;
import dev.hitless.iommu.api.IommuDriver;
import dev.hitless.iommu.api.IommuDriverProvider;
import dev.hitless.iommu.api.IommuException;
import dev.hitless.iommu.api.platform.Platform;
import java.util.List;

/**
 * Makes drivers for AMD-Vi. Options:
 *
 * <ul>
 *   <li>{@code last-requester-id}: the highest requester id behind this IOMMU, 0..0xffff, which firmware knows (IVRS) and
 *       the hardware does not tell. The device table is made that long (default 0x1ff: two buses; 0xffff: all there can
 *       be, 2 MiB); devices beyond are refused.
 *   <li>{@code device-table-segments}: 1 (the default), 2, 4 or 8 contiguous pieces of the device table, where hardware
 *       has that (EFR.DevTblSegSup): with 8, a table for all DeviceIDs needs pieces of 256 KiB. Not used unless asked
 *       for, since the operating systems we know of do not use it either, so hardware is less well tried there.
 *   <li>{@code dte-fetch-bits}: how much of a device-table entry the hardware certainly reads at once: 256, 128 (default)
 *       or 64. Hardware by AMD reads all 256 bits (its designers, 2024), and 48882, 2.2.2.2, which asks for one 128-bit
 *       store and no further steps, promises 128. More than 128 makes no difference to this driver. With 64, which is for
 *       emulated IOMMUs that promise nothing, changes from or to a nested domain break before they make: the DomainID and
 *       the tables cannot change at once.
 * </ul>
 */
public final class AmdviDriverProvider implements IommuDriverProvider {
    static final String LAST_REQUESTER_ID = "last-requester-id";

    static final String DEVICE_TABLE_SEGMENTS = "device-table-segments";
    static final String DTE_FETCH_BITS = "dte-fetch-bits";

    private static final int TWO_BUSES = 0x1FF;

    @Override
    public String id() {
        return "amdvi";
    }

    @Override
    public String vendor() {
        return "AMD";
    }

    @Override
    public String contractVersion() {
        return IommuApi.VERSION;
    }

    @Override
    public String hardware() {
        return "AMD-Vi";
    }

    @Override
    public String hardwareFamily() {
        return "amdvi";
    }

    @Override
    public IommuDriver create(Platform platform, DriverOptions options) {
        return create(platform, options, new UnitParts());
    }

    /** As {@link #create(Platform, DriverOptions)}, of other parts. */
    static AmdviDriver create(Platform platform, DriverOptions options, UnitParts parts) {
        options.requireKnown(List.of(LAST_REQUESTER_ID, DEVICE_TABLE_SEGMENTS, DTE_FETCH_BITS));
        DeviceTableShape shape = new DeviceTableShape(
                options.number(LAST_REQUESTER_ID, TWO_BUSES, 0, 0xFFFF),
                options.number(DEVICE_TABLE_SEGMENTS, 1, 1, 8));
        AmdviUnit unit = new BringUp(platform, parts, shape, fetchBits(options)).run();
        return new AmdviDriver(unit, new AmdviFormats(unit.hardware()), parts);
    }

    private static int fetchBits(DriverOptions options) {
        int bits = options.number(DTE_FETCH_BITS, DeviceTable.PROMISED_FETCH_BITS, 64, 256);
        if (Integer.bitCount(bits) != 1) {
            throw new IommuException(
                    Errno.EINVAL, "option " + DTE_FETCH_BITS + "=" + bits + " is no power of two; use 64, 128 or 256");
        }
        return bits;
    }
}
