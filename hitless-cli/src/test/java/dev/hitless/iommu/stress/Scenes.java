package dev.hitless.iommu.stress;

import dev.hitless.iommu.api.DriverOptions;
import dev.hitless.iommu.api.IommuDriverProvider;
import dev.hitless.iommu.api.platform.Platform;
import dev.hitless.iommu.conformance.fast.FastPlatform;
import dev.hitless.iommu.conformance.machine.Machine;
import dev.hitless.iommu.conformance.overlap.Overlap;
import dev.hitless.iommu.conformance.overlap.Overlaps;
import dev.hitless.iommu.conformance.overlap.Scene;
import dev.hitless.iommu.hardware.HardwareConfiguration;
import dev.hitless.iommu.hardware.HardwareModelProvider;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/**
 * Sets overlaps up on machines for real threads.
 *
 * @param spoiling what the driver gets for a platform
 */
record Scenes(IommuDriverProvider driver, HardwareModelProvider hardware, UnaryOperator<Platform> spoiling) {
    /** A scene, and the platform that it is set up on. */
    record FastScene(FastPlatform platform, Scene scene) {}

    /** The catalogue of the suite, for what this driver says it can do. */
    List<Overlap> overlaps() {
        return Overlaps.of(machine(platform()).driver().capabilities());
    }

    /** On a machine of its own. */
    FastScene on(Overlap overlap) {
        FastPlatform platform = platform();
        return new FastScene(platform, overlap.on(machine(platform)));
    }

    private FastPlatform platform() {
        return new FastPlatform(hardware, HardwareConfiguration.of(hardware.options(), Map.of()));
    }

    private Machine machine(FastPlatform platform) {
        return new Machine(platform, driver.create(spoiling.apply(platform), DriverOptions.DEFAULTS));
    }
}
