package dev.hitless.iommu.driver.amdvi;

import dev.hitless.iommu.api.DeviceDescription;
import dev.hitless.iommu.api.DriverOptions;
import dev.hitless.iommu.api.PagingDomain;
import dev.hitless.iommu.api.PagingFormat;
import dev.hitless.iommu.api.Pasid;
import dev.hitless.iommu.api.Protection;
import dev.hitless.iommu.conformance.trace.RecordingPlatform;
import dev.hitless.iommu.hardware.DmaRequest;
import dev.hitless.iommu.hardware.HardwareConfiguration;
import dev.hitless.iommu.hardware.HardwareModelProvider;
import dev.hitless.iommu.hardware.Translation;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;

/** The driver, on the hardware model. */
final class ModelledUnit {
    static final long IOVA = 0x7000_0000L;

    final RecordingPlatform platform;
    final AmdviDriver driver;

    ModelledUnit() {
        this(Map.of());
    }

    /** {@code options}: of the driver, by name. */
    ModelledUnit(Map<String, String> options) {
        HardwareModelProvider hardware = ServiceLoader.load(HardwareModelProvider.class).stream()
                .map(ServiceLoader.Provider::get)
                .filter(model -> model.family().equals("amdvi"))
                .findFirst()
                .orElseThrow();
        platform = new RecordingPlatform(hardware, HardwareConfiguration.of(hardware.options(), Map.of()), true);
        driver = AmdviDriverProvider.create(platform, new DriverOptions(options), new UnitParts());
    }

    AmdviDevice probe(String name, Integer... requesterIds) {
        return (AmdviDevice) driver.probe(
                new DeviceDescription(name, List.of(requesterIds), 16, true, 32, true, platform.function(name)));
    }

    PagingFormat format(String label) {
        return driver.capabilities().formats().stream()
                .filter(format -> format.label().equals(label))
                .findFirst()
                .orElseThrow();
    }

    /** A domain that maps {@link #IOVA} to {@code output}. */
    PagingDomain domain(String label, long output) {
        PagingDomain domain = driver.allocatePaging(format(label));
        domain.map(IOVA, output, 0x1000, Protection.READ_WRITE);
        return domain;
    }

    /** What the hardware does with a write to {@link #IOVA}; faults are logged. */
    Translation access(int requesterId, Pasid pasid) {
        int value = pasid.isNone() ? DmaRequest.NO_PASID : pasid.value();
        return platform.model().access(new DmaRequest(requesterId, value, IOVA, true, false));
    }
}
