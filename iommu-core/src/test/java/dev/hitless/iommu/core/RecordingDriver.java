package dev.hitless.iommu.core;

import dev.hitless.iommu.api.AddressSpace;
import dev.hitless.iommu.api.Capability;
import dev.hitless.iommu.api.DeviceDescription;
import dev.hitless.iommu.api.DomainType;
import dev.hitless.iommu.api.DriverCapabilities;
import dev.hitless.iommu.api.Errno;
import dev.hitless.iommu.api.IommuDevice;
import dev.hitless.iommu.api.IommuDomain;
import dev.hitless.iommu.api.IommuDriver;
import dev.hitless.iommu.api.IommuException;
import dev.hitless.iommu.api.NestedConfig;
import dev.hitless.iommu.api.PageResponse;
import dev.hitless.iommu.api.PagingDomain;
import dev.hitless.iommu.api.PagingFormat;
import dev.hitless.iommu.api.Pasid;
import dev.hitless.iommu.api.ReplaceGuarantee;
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
final class RecordingDriver implements IommuDriver {
    private final Map<IommuDevice, Map<Pasid, IommuDomain>> attached = new IdentityHashMap<>();
    private final Map<String, Errno> failing = new HashMap<>();
    private final Set<String> fencing = new HashSet<>();
    private final IommuDomain blocked = new Domain("blocked", DomainType.BLOCKED);
    private final IommuDomain identity = new Domain("identity", DomainType.IDENTITY);

    final List<String> calls = new ArrayList<>();
    final List<PageResponse> responses = new ArrayList<>();
    final List<String> released = new ArrayList<>();
    final List<String> freed = new ArrayList<>();
    Set<DomainType> onPasid = EnumSet.allOf(DomainType.class);
    Set<DomainType> withoutPasid = EnumSet.allOf(DomainType.class);
    Runnable duringSet = () -> {};
    Runnable duringServiceEvents = () -> {};
    Runnable duringRelease = () -> {};
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
        return new Domain(name, DomainType.PAGING);
    }

    IommuDomain domain(String name, DomainType type) {
        return new Domain(name, type);
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
        IommuDevice device = new Device(description);
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
    public PagingDomain allocatePaging(PagingFormat format) {
        throw new UnsupportedOperationException("the core allocates no paging domain");
    }

    @Override
    public IommuDomain allocateNested(PagingDomain parent, NestedConfig config) {
        throw new UnsupportedOperationException("the core allocates no nested domain");
    }

    @Override
    public IommuDomain allocateSva(AddressSpace addressSpace) {
        return new Domain("sva-" + addressSpace.name(), DomainType.SVA);
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
    public ReplaceGuarantee replaceGuarantee(
            IommuDevice device, Pasid pasid, IommuDomain old, IommuDomain replacement) {
        return ReplaceGuarantee.HITLESS;
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
        responses.add(response);
    }

    @Override
    public void shutDown() {}

    private final class Device implements IommuDevice {
        private final DeviceDescription description;

        Device(DeviceDescription description) {
            this.description = description;
        }

        @Override
        public DeviceDescription description() {
            return description;
        }

        @Override
        public IommuDriver driver() {
            return RecordingDriver.this;
        }

        @Override
        public int maxPasids() {
            return description.pasidBits() == 0 ? 0 : 1 << description.pasidBits();
        }
    }

    private final class Domain implements IommuDomain {
        private final String name;
        private final DomainType type;

        Domain(String name, DomainType type) {
            this.name = name;
            this.type = type;
        }

        @Override
        public DomainType type() {
            return type;
        }

        @Override
        public IommuDriver driver() {
            return RecordingDriver.this;
        }

        @Override
        public String name() {
            return name;
        }

        @Override
        public String matrixName() {
            return name;
        }

        @Override
        public void setDevPasid(IommuDevice device, Pasid pasid, IommuDomain old) {
            calls.add(device.name() + " " + pasid + ": " + old.name() + " -> " + name);
            Map<Pasid, IommuDomain> ofDevice = attached.get(device);
            if (ofDevice == null) {
                throw new AssertionError(device.name() + " is not probed");
            }
            IommuDomain actual = ofDevice.getOrDefault(pasid, blocked);
            if (old != actual) {
                throw new AssertionError(old.name() + " was given as old, but " + actual.name() + " is attached");
            }
            if (old == this && type != DomainType.BLOCKED) {
                throw new AssertionError(name + " set over itself");
            }
            duringSet.run();
            Errno errno = failing.get(key(device, this));
            if (errno != null) {
                if (fencing.contains(key(device, this))) {
                    ofDevice.remove(pasid);
                }
                throw new IommuException(errno, "injected");
            }
            if (type == DomainType.BLOCKED) {
                ofDevice.remove(pasid);
            } else {
                ofDevice.put(pasid, this);
            }
        }

        @Override
        public void free() {
            if (unfreeable.contains(name)) {
                throw new IommuException(Errno.EBUSY, name + " is attached");
            }
            freed.add(name);
        }
    }
}
