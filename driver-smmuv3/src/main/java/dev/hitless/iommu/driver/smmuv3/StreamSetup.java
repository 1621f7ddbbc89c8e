package dev.hitless.iommu.driver.smmuv3;

import dev.hitless.iommu.api.DeviceDescription;
import dev.hitless.iommu.driver.support.device.DeviceSetup;
import dev.hitless.iommu.driver.support.device.PciFeatures;
import dev.hitless.iommu.driver.support.event.PageRequests;
import org.jspecify.annotations.Nullable;

/** Devices as stream table entries know them: each has one for each StreamID, and context descriptors. */
final class StreamSetup implements DeviceSetup<Smmuv3Device> {
    private final Smmuv3Driver driver;
    private final SmmuUnit unit;
    private final ChangePlanner planner;
    private final boolean pageRequests;

    /** @param pageRequests this SMMU can take page requests */
    StreamSetup(Smmuv3Driver driver, SmmuUnit unit, ChangePlanner planner, boolean pageRequests) {
        this.driver = driver;
        this.unit = unit;
        this.planner = planner;
        this.pageRequests = pageRequests;
    }

    @Override
    public void requireRequesterId(String deviceName, int requesterId) {
        unit.streams().requireInRange(deviceName, requesterId);
    }

    @Override
    public Smmuv3Device create(DeviceDescription description) {
        PciFeatures features = PciFeatures.shared(
                description,
                Smmuv3Formats.pasidBits(unit.hardware()),
                unit.hardware().ats(),
                pageRequests);
        return new Smmuv3Device(
                driver, description, features, newContexts(description, features.pasidBits()), unit.locks());
    }

    /**
     * Also for devices without PASIDs, if the hardware has substreams: only then does S1DSS decide about requests without,
     * and identity goes together with ATS.
     */
    private @Nullable ContextTable newContexts(DeviceDescription description, int pasidBits) {
        if (!unit.hardware().stage1()) {
            return null;
        }
        int substreamBits = unit.hardware().substreamIdBits() == 0 ? 0 : Math.max(1, pasidBits);
        return new ContextTable(
                unit.tables(),
                unit.streams(),
                unit.hardware(),
                unit.contextLeaf(),
                description.requesterIds(),
                substreamBits);
    }

    @Override
    public void install(Smmuv3Device device) {
        unit.streams().lock().with(() -> {
            unit.streams().addLeaves(device.streamIds());
            for (int streamId : device.streamIds()) {
                if (unit.streams().isUnannounced(streamId)) {
                    unit.invalidations().streamTableLeaf(streamId);
                    unit.streams().announced(streamId);
                }
            }
            planner.setStreams(device, driver.blocked().streamTableEntry(device));
        });
    }

    /** Aborts everything, whatever the entries hold. */
    @Override
    public void remove(Smmuv3Device device) {
        unit.streams().lock().with(() -> {
            if (device.streamIds().stream().allMatch(unit.streams()::hasLeaf)) {
                planner.setStreams(device, unit.entries().abort());
                // Once more, if it failed before: the entries are right then, but copies of them may not be.
                unit.invalidations().streams(device.streamIds());
            }
        });
    }

    @Override
    public void free(Smmuv3Device device) {
        ContextTable contexts = device.contexts();
        if (contexts != null) {
            contexts.free();
        }
    }

    @Override
    public void forget(Smmuv3Device device) {
        PageRequests requests = unit.pageRequests();
        if (requests != null) {
            requests.forget(device.streamIds());
        }
    }
}
