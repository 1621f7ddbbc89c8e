package dev.hitless.iommu.driver.amdvi;

import dev.hitless.iommu.api.DriverOptions;
import dev.hitless.iommu.api.IommuApi;
import dev.hitless.iommu.api.IommuDriver;
import dev.hitless.iommu.api.IommuDriverProvider;
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
 * </ul>
 */
public final class AmdviDriverProvider implements IommuDriverProvider {
    static final String LAST_REQUESTER_ID = "last-requester-id";

    static final String DEVICE_TABLE_SEGMENTS = "device-table-segments";

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
        options.requireKnown(List.of(LAST_REQUESTER_ID, DEVICE_TABLE_SEGMENTS));
        DeviceTableShape shape = new DeviceTableShape(
                options.number(LAST_REQUESTER_ID, TWO_BUSES, 0, 0xFFFF),
                options.number(DEVICE_TABLE_SEGMENTS, 1, 1, 8));
        AmdviUnit unit = new BringUp(platform, parts, shape).run();
        return new AmdviDriver(unit, new AmdviFormats(unit.hardware()), parts);
    }
}
