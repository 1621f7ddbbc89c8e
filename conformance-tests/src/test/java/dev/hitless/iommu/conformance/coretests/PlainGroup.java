package dev.hitless.iommu.conformance.coretests;

import dev.hitless.iommu.api.IommuDevice;
import dev.hitless.iommu.api.IommuDomain;
import dev.hitless.iommu.api.Pasid;
import dev.hitless.iommu.api.platform.DriverLock;
import dev.hitless.iommu.conformance.subsystem.Subsystem;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A group of {@link PlainCore}. */
final class PlainGroup implements Subsystem.Group {
    /** What is attached. */
    record Entry(IommuDomain domain, @Nullable PlainHandle handle) {}

    /** What a caller keeps. */
    static final class PlainHandle implements Subsystem.Handle {
        final String name;
        final @Nullable Consumer<Subsystem.AskedPages> pages;

        @Nullable
        IommuDomain domain;

        PlainHandle(String name, @Nullable Consumer<Subsystem.AskedPages> pages) {
            this.name = name;
            this.pages = pages;
        }

        @Override
        public @Nullable IommuDomain domain() {
            return domain;
        }

        @Override
        public String toString() {
            return name;
        }
    }

    final DriverLock mutex;
    final IommuDomain blocked;
    final List<IommuDevice> devices = new ArrayList<>();
    final Map<Pasid, Entry> table = new TreeMap<>();
    final Map<IommuDevice, Integer> resets = new HashMap<>();
    private final Map<IommuDevice, Map<Pasid, IommuDomain>> inForce = new HashMap<>();

    PlainGroup(DriverLock mutex, IommuDomain blocked) {
        this.mutex = mutex;
        this.blocked = blocked;
    }

    List<IommuDevice> devices(Pasid pasid) {
        return devices.stream()
                .filter(device -> pasid.isNone() || device.maxPasids() > 0)
                .toList();
    }

    List<IommuDevice> reachable(Pasid pasid) {
        return devices(pasid).stream().filter(device -> !inReset(device)).toList();
    }

    boolean inReset() {
        return devices.stream().anyMatch(this::inReset);
    }

    boolean inReset(IommuDevice device) {
        return resets.getOrDefault(device, 0) > 0;
    }

    IommuDomain inForce(IommuDevice device, Pasid pasid) {
        return inForce.getOrDefault(device, Map.of()).getOrDefault(pasid, blocked);
    }

    void set(IommuDevice device, Pasid pasid, IommuDomain domain) {
        domain.setDevPasid(device, pasid, inForce(device, pasid));
        note(device, pasid, domain);
    }

    void note(IommuDevice device, Pasid pasid, IommuDomain domain) {
        inForce.computeIfAbsent(device, d -> new HashMap<>()).put(pasid, domain);
    }
}
