package dev.hitless.iommu.conformance.machine;

import dev.hitless.iommu.api.IommuDevice;
import dev.hitless.iommu.api.Pasid;
import dev.hitless.iommu.conformance.observe.Stream;
import dev.hitless.iommu.hardware.DmaRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** A probed device, and what is meant to be attached to it. */
public final class TestDevice {
    private final IommuDevice device;
    private final Map<Pasid, ModelledDomain> attached = new TreeMap<>();

    TestDevice(IommuDevice device) {
        this.device = device;
    }

    /** The driver's device. */
    public IommuDevice device() {
        return device;
    }

    /** What is meant to be attached, blocked ones left out. A live view for the machine. */
    Map<Pasid, ModelledDomain> attached() {
        return attached;
    }

    /** Its request streams for one PASID: one for each requester id. */
    public List<Stream> streams(Pasid pasid) {
        return device.description().requesterIds().stream()
                .map(id -> new Stream(device.name(), id, pasid.isNone() ? DmaRequest.NO_PASID : pasid.value()))
                .toList();
    }

    /**
     * Its request streams with PASIDs that either of two guests serves: one for each PASID and requester id. PASIDs that
     * the device cannot send, or that the host has attached, are left out.
     */
    public List<Stream> streams(GuestPasids one, GuestPasids other) {
        List<Stream> streams = new ArrayList<>();
        Set<Integer> pasids = new TreeSet<>(one.pasids());
        pasids.addAll(other.pasids());
        pasids.removeIf(pasid -> pasid >= device.maxPasids() || (pasid != 0 && attached.containsKey(Pasid.of(pasid))));
        for (int pasid : pasids) {
            for (int id : device.description().requesterIds()) {
                streams.add(new Stream(device.name(), id, pasid));
            }
        }
        return streams;
    }

    @Override
    public String toString() {
        return device.name();
    }
}
