package dev.hitless.iommu.driver.smmuv3;

import dev.hitless.iommu.api.DeviceDescription;
import dev.hitless.iommu.api.DriverOptions;
import dev.hitless.iommu.api.IommuDevice;
import dev.hitless.iommu.api.IommuDriver;
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

/** The driver on the hardware model, known only by its interface. */
final class Bench {
    static final long IOVA = 0x1000_0000L;
    static final List<Integer> STREAMS = List.of(0x20, 0x21, 0x90);

    final RecordingPlatform platform;
    final IommuDriver driver;

    /** Hardware with {@code options} other than the default. */
    Bench(Map<String, String> options) {
        this(options, DriverOptions.DEFAULTS);
    }

    /** The same, and the driver with options of its own. */
    Bench(Map<String, String> options, DriverOptions driverOptions) {
        HardwareModelProvider model = ServiceLoader.load(HardwareModelProvider.class).stream()
                .map(ServiceLoader.Provider::get)
                .filter(candidate -> candidate.family().equals("smmuv3"))
                .findFirst()
                .orElseThrow();
        this.platform = new RecordingPlatform(model, HardwareConfiguration.of(model.options(), options), false);
        this.driver = new Smmuv3DriverProvider().create(platform, driverOptions);
    }

    /** A device with three StreamIDs, two of them in one page of the stream table. */
    IommuDevice device() {
        return device(10);
    }

    /** The same, with PASIDs that wide. */
    IommuDevice device(int pasidBits) {
        return driver.probe(
                new DeviceDescription("device", STREAMS, pasidBits, true, 32, true, platform.function("device")));
    }

    /** A domain of the format, with {@link #IOVA} leading to {@code output}. */
    PagingDomain domain(String format, long output) {
        PagingFormat found = driver.capabilities().formats().stream()
                .filter(candidate -> candidate.label().equals(format))
                .findFirst()
                .orElseThrow();
        PagingDomain domain = driver.allocatePaging(found);
        domain.map(IOVA, output, 0x1000, Protection.READ_WRITE);
        return domain;
    }

    Translation translate(int streamId, Pasid pasid) {
        return platform.translate(
                new DmaRequest(streamId, pasid.isNone() ? DmaRequest.NO_PASID : pasid.value(), IOVA, false, false));
    }

    /** What every StreamID of the device reaches at {@link #IOVA}; -1: nothing, -2: not all the same. */
    long reached(Pasid pasid) {
        List<Long> all = STREAMS.stream()
                .map(streamId -> {
                    Translation translation = translate(streamId, pasid);
                    return translation.isFault() ? -1 : translation.output(IOVA);
                })
                .distinct()
                .toList();
        return all.size() == 1 ? all.get(0) : -2;
    }
}
