package dev.hitless.iommu.cli;

import dev.hitless.iommu.api.Capability;
import dev.hitless.iommu.conformance.suite.ConformanceSuite;
import dev.hitless.iommu.conformance.suite.SuiteOptions;
import dev.hitless.iommu.core.FoundDriver;
import dev.hitless.iommu.hardware.HardwareModelProvider;
import java.util.List;
import java.util.Optional;

/**
 * What {@code hitless drivers} says of one driver.
 *
 * @param driver what it says of itself
 * @param model description of the hardware model it runs on; empty if there is none
 * @param capabilities what it claims on the default hardware
 * @param problem why nothing is known of its capabilities; empty if they are
 */
record DriverOverview(FoundDriver driver, Optional<String> model, List<String> capabilities, String problem) {
    /** Brings {@code driver} up on the default hardware and asks. */
    static DriverOverview of(DriverChoice.Found found, FoundDriver driver) {
        Optional<HardwareModelProvider> model = found.models().find(driver.hardwareFamily());
        if (model.isEmpty()) {
            return new DriverOverview(driver, Optional.empty(), List.of(), DriverChoice.noModel(found, driver));
        }
        String description = model.get().description();
        try {
            List<String> capabilities = new ConformanceSuite(found.target(driver, model.get()), SuiteOptions.DEFAULTS)
                    .capabilities().capabilities().stream()
                            .sorted()
                            .map(Capability::label)
                            .toList();
            return new DriverOverview(driver, Optional.of(description), capabilities, "");
        } catch (RuntimeException | LinkageError failure) {
            return new DriverOverview(
                    driver, Optional.of(description), List.of(), String.valueOf(failure.getMessage()));
        }
    }

    /** The name of the jar, without the folders that it is in. */
    String jarName() {
        String location = driver.location();
        return location.substring(location.lastIndexOf('/') + 1);
    }
}
