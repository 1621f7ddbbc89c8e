package dev.hitless.iommu.driver.vtd;

import dev.hitless.iommu.api.DriverOptions;
import dev.hitless.iommu.api.IommuApi;
import dev.hitless.iommu.api.IommuDriver;
import dev.hitless.iommu.api.IommuDriverProvider;
import dev.hitless.iommu.api.platform.Platform;
import java.util.List;

/**
 * Makes drivers for Intel VT-d in scalable mode. Option {@code host-address-bits}: width of the host's physical
 * addresses, 32..52, which VT-d has no register for (default 52, all that its tables can hold).
 */
public final class VtdDriverProvider implements IommuDriverProvider {
    private static final String HOST_ADDRESS_BITS = "host-address-bits";

    @Override
    public String id() {
        return "vtd";
    }

    @Override
    public String vendor() {
        return "Intel";
    }

    @Override
    public String contractVersion() {
        return IommuApi.VERSION;
    }

    @Override
    public String hardware() {
        return "Intel VT-d, scalable mode";
    }

    @Override
    public String hardwareFamily() {
        return "vtd";
    }

    @Override
    public IommuDriver create(Platform platform, DriverOptions options) {
        return create(platform, options, new UnitParts());
    }

    /** As {@link #create(Platform, DriverOptions)}, of other parts. */
    static VtdDriver create(Platform platform, DriverOptions options, UnitParts parts) {
        options.requireKnown(List.of(HOST_ADDRESS_BITS));
        int hostAddressBits = options.number(HOST_ADDRESS_BITS, 52, 32, 52);
        RemappingUnit unit = new BringUp(platform, parts).run();
        return new VtdDriver(unit, new VtdFormats(unit.hardware(), hostAddressBits), parts);
    }
}
