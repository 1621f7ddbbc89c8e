package dev.hitless.iommu.cli;

import dev.hitless.iommu.conformance.machine.HardwareModels;
import dev.hitless.iommu.core.DriverCatalog;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Option;

/** The option that adds drivers and hardware models from outside. */
final class PluginChoice {
    @Option(
            names = "--plugin",
            paramLabel = "JAR",
            description = "A jar (or folder of classes) with a driver, a hardware model, or both; may be repeated.")
    private List<Path> plugins = new ArrayList<>();

    DriverChoice.Found discover() {
        DriverCatalog catalog = DriverCatalog.discover(PluginChoice.class.getClassLoader(), plugins);
        return new DriverChoice.Found(catalog, HardwareModels.discover(catalog.classLoader()));
    }
}
