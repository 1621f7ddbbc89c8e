package dev.hitless.iommu.conformance.scenario;

import dev.hitless.iommu.api.DriverOptions;
import dev.hitless.iommu.api.IommuDriver;
import dev.hitless.iommu.api.IommuDriverProvider;
import dev.hitless.iommu.api.platform.Platform;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * A driver with options of its own: whoever makes it gets it with those, unless other values are given.
 *
 * @param driver makes the driver
 * @param options what it is told besides
 */
public record ConfiguredDriver(IommuDriverProvider driver, DriverOptions options) implements IommuDriverProvider {
    /** The options of the command line that mean the driver that {@code provider} makes. */
    public static String invocation(IommuDriverProvider provider) {
        return "--driver " + provider.id()
                + (provider instanceof ConfiguredDriver configured ? configured.given() : "");
    }

    private String given() {
        return new TreeMap<>(options.values())
                .entrySet().stream()
                        .map(option -> " --option " + option.getKey() + "=" + option.getValue())
                        .collect(Collectors.joining());
    }

    @Override
    public String id() {
        return driver.id();
    }

    @Override
    public String vendor() {
        return driver.vendor();
    }

    @Override
    public String contractVersion() {
        return driver.contractVersion();
    }

    @Override
    public String hardware() {
        return driver.hardware();
    }

    @Override
    public String hardwareFamily() {
        return driver.hardwareFamily();
    }

    @Override
    public IommuDriver create(Platform platform, DriverOptions more) {
        Map<String, String> all = new TreeMap<>(options.values());
        all.putAll(more.values());
        return driver.create(platform, new DriverOptions(all));
    }
}
