package dev.hitless.iommu.core;

import dev.hitless.iommu.api.AddressSpace;
import dev.hitless.iommu.api.Capability;
import dev.hitless.iommu.api.DeviceDescription;
import dev.hitless.iommu.api.DomainType;
import dev.hitless.iommu.api.DriverCapabilities;
import dev.hitless.iommu.api.Errno;
import dev.hitless.iommu.api.IommuDevice;
import dev.hitless.iommu.api.IommuDomain;
import dev.hitless.iommu.api.IommuException;
import dev.hitless.iommu.api.PageResponse;
import dev.hitless.iommu.api.Pasid;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A driver that keeps the contract, without hardware: it tracks attachments, insists that {@code old} is what is
 * attached, and writes down every call as {@code "<device> <pasid>: <old> -> <new>"}. Calls can be made to fail.
 */
final class RecordingDriver extends DriverWithoutHardware {
    private final Map<IommuDevice, Map<Pasid, IommuDomain>> attached = new IdentityHashMap<>();
    private final Map<String, Errno> failing = new HashMap<>();
    private final Set<String> fencing = new HashSet<>();
    private final IommuDomain blocked = new Recorded("blocked", DomainType.BLOCKED);
    private final IommuDomain identity = new Recorded("identity", DomainType.IDENTITY);

    final List<String> calls = new ArrayList<>();
    final List<PageResponse> responses = new ArrayList<>();
    final List<String> released = new ArrayList<>();
    final List<String> freed = new ArrayList<>();
    Set<DomainType> onPasid = EnumSet.allOf(DomainType.class);
    Set<DomainType> withoutPasid = EnumSet.allOf(DomainType.class);
    Runnable duringSet = () -> {};
    Runnable duringServiceEvents = () -> {};
    Runnable duringRelease = () -> {};
    Runnable duringRespond = () -> {};
    /** Domains that are told to be in use still when they are freed. */
    final Set<String> unfreeable = new HashSet<>();

    /** Makes the call {@code "<device>: -> <new>"} fail from now on. */
    void fail(IommuDevice device, IommuDomain target, Errno errno) {
        failing.put(key(device, target), errno);
    }

    /** Like {@link #fail}, but the PASID ends up blocked, as after a command that did not complete. */
    void failAndFence(IommuDevice device, IommuDomain target, Errno errno) {
        fail(device, target, errno);
        fencing.add(key(device, target));
    }

    void recover(IommuDevice device, IommuDomain target) {
        failing.remove(key(device, target));
    }

    private static String key(IommuDevice device, IommuDomain target) {
        return device.name() + ": -> " + target.name();
    }

    IommuDomain domain(String name) {
        return new Recorded(name, DomainType.PAGING);
    }

    IommuDomain domain(String name, DomainType type) {
        return new Recorded(name, type);
    }

    /** The calls since the last time. */
    List<String> takeCalls() {
        List<String> taken = List.copyOf(calls);
        calls.clear();
        return taken;
    }

    @Nullable
    IommuDomain domainOf(IommuDevice device, Pasid pasid) {
        return attachments(device).get(pasid);
    }

    @Override
    public DriverCapabilities capabilities() {
        return new DriverCapabilities(
                Set.of(Capability.PASID, Capability.IDENTITY), List.of(), 20, onPasid, withoutPasid);
    }

    @Override
    public IommuDevice probe(DeviceDescription description) {
        IommuDevice device = super.probe(description);
        attached.put(device, new TreeMap<>());
        return device;
    }

    @Override
    public void release(IommuDevice device) {
        duringRelease.run();
        if (!attachments(device).isEmpty()) {
            throw new AssertionError(device.name() + " still has " + attachments(device));
        }
        attached.remove(device);
        released.add(device.name());
    }

    @Override
    public IommuDomain allocateSva(AddressSpace addressSpace) {
        return new Recorded("sva-" + addressSpace.name(), DomainType.SVA);
    }

    @Override
    public IommuDomain identityDomain() {
        return identity;
    }

    @Override
    public IommuDomain blockedDomain() {
        return blocked;
    }

    @Override
    public Map<Pasid, IommuDomain> attachments(IommuDevice device) {
        Map<Pasid, IommuDomain> ofDevice = attached.get(device);
        if (ofDevice == null) {
            throw new AssertionError(device.name() + " is not probed");
        }
        return Map.copyOf(ofDevice);
    }

    @Override
    public void serviceEvents() {
        duringServiceEvents.run();
    }

    @Override
    public void respond(PageResponse response) {
        duringRespond.run();
        responses.add(response);
    }

    private final class Recorded extends Domain {
        Recorded(String name, DomainType type) {
            super(name, type);
        }

        @Override
        public void setDevPasid(IommuDevice device, Pasid pasid, IommuDomain old) {
            calls.add(device.name() + " " + pasid + ": " + old.name() + " -> " + name());
            Map<Pasid, IommuDomain> ofDevice = attached.get(device);
            if (ofDevice == null) {
                throw new AssertionError(device.name() + " is not probed");
            }
            IommuDomain actual = ofDevice.getOrDefault(pasid, blocked);
            if (old != actual) {
                throw new AssertionError(old.name() + " was given as old, but " + actual.name() + " is attached");
            }
            if (old == this && type() != DomainType.BLOCKED) {
                throw new AssertionError(name() + " set over itself");
            }
            duringSet.run();
            Errno errno = failing.get(key(device, this));
            if (errno != null) {
                if (fencing.contains(key(device, this))) {
                    ofDevice.remove(pasid);
                }
                throw new IommuException(errno, "injected");
            }
            if (type() == DomainType.BLOCKED) {
                ofDevice.remove(pasid);
            } else {
                ofDevice.put(pasid, this);
            }
        }

        @Override
        public void free() {
            if (unfreeable.contains(name())) {
                throw new IommuException(Errno.EBUSY, name() + " is attached");
            }
            freed.add(name());
        }
    }
}
