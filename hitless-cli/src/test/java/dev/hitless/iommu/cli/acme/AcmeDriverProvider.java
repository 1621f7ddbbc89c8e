package dev.hitless.iommu.cli.acme;

import dev.hitless.iommu.api.DriverOptions;
import dev.hitless.iommu.api.IommuApi;
import dev.hitless.iommu.api.IommuDriver;
import dev.hitless.iommu.api.IommuDriverProvider;
import dev.hitless.iommu.api.platform.Platform;
import java.util.List;

/** Makes drivers that replace by one store, or, with option {@code torn}, by two. */
public final class AcmeDriverProvider implements IommuDriverProvider {
    @Override
    public String id() {
        return "acme";
    }

    @Override
    public String vendor() {
        return "Acme";
    }

    @Override
    public String contractVersion() {
        return IommuApi.VERSION;
    }

    @Override
    public String hardware() {
        return "Acme IOMMU";
    }

    @Override
    public String hardwareFamily() {
        return "acme";
    }

    @Override
    public IommuDriver create(Platform platform, DriverOptions options) {
        options.requireKnown(List.of("torn"));
        return new AcmeDriver(platform, options.get("torn").isPresent());
    }
}
