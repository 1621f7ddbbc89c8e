package dev.hitless.iommu.conformance.subsystem;

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
import dev.hitless.iommu.api.PageRequest;
import dev.hitless.iommu.api.PageResponse;
import dev.hitless.iommu.api.PagingDomain;
import dev.hitless.iommu.api.PagingFormat;
import dev.hitless.iommu.api.Pasid;
import dev.hitless.iommu.api.ReplaceGuarantee;
import dev.hitless.iommu.api.platform.DriverLock;
import dev.hitless.iommu.api.platform.Locks;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * A driver that keeps the contract and has no hardware: it tracks what is attached, insists that {@code old} is that, and
 * has a queue of page requests, drained before a change returns. It never fails by itself; the tap before it does.
 */
final class ScriptedDriver implements IommuDriver {
    /** A page request group that waits for its answer. */
    private record Outstanding(int requesterId, Pasid pasid, int group) {}

    private final Consumer<PageRequest> pageRequests;
    private final Map<IommuDevice, Map<Pasid, IommuDomain>> attached = new IdentityHashMap<>();
    private final Queue<PageRequest> queue = new ArrayDeque<>();
    private final Set<Outstanding> outstanding = new HashSet<>();
    private final List<PageResponse> answers = new ArrayList<>();
    private final IommuDomain blocked = new Domain("blocked", DomainType.BLOCKED);
    /** Held from taking page requests until they were handed over, so that who drains does not miss those. */
    private final DriverLock handover;

    private int domains;

    /** @param pageRequests where page requests are handed over */
    ScriptedDriver(Consumer<PageRequest> pageRequests, Locks locks) {
        this.pageRequests = pageRequests;
        this.handover = locks.create("scripted.page-request-handover", "page requests");
    }

    /** A new domain that can stand anywhere. */
    IommuDomain domain() {
        return new Domain("domain-" + domains++, DomainType.PAGING);
    }

    /** A device sends a page request; the driver has not seen it yet. */
    void send(PageRequest request) {
        queue.add(request);
    }

    /** What devices were answered so far. */
    List<PageResponse> answers() {
        return List.copyOf(answers);
    }

    @Override
    public DriverCapabilities capabilities() {
        return new DriverCapabilities(
                Set.of(Capability.PASID, Capability.ATS, Capability.PRI, Capability.SVA),
                List.of(),
                20,
                EnumSet.of(DomainType.PAGING, DomainType.SVA, DomainType.BLOCKED),
                EnumSet.of(DomainType.PAGING, DomainType.BLOCKED));
    }

    @Override
    public IommuDevice probe(DeviceDescription description) {
        IommuDevice device = new Device(description);
        attached.put(device, new TreeMap<>());
        return device;
    }

    @Override
    public void release(IommuDevice device) {
        attached.remove(device);
    }

    @Override
    public PagingDomain allocatePaging(PagingFormat format) {
        throw unsupported();
    }

    @Override
    public IommuDomain allocateNested(PagingDomain parent, NestedConfig config) {
        throw unsupported();
    }

    @Override
    public IommuDomain allocateSva(AddressSpace addressSpace) {
        return new Domain("domain-" + domains++ + " of " + addressSpace.name(), DomainType.SVA);
    }

    @Override
    public IommuDomain identityDomain() {
        throw unsupported();
    }

    private static IommuException unsupported() {
        return new IommuException(Errno.EOPNOTSUPP, "a driver without hardware has no such domain");
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
        return new TreeMap<>(ofDevice(device));
    }

    private Map<Pasid, IommuDomain> ofDevice(IommuDevice device) {
        Map<Pasid, IommuDomain> ofDevice = attached.get(device);
        if (ofDevice == null) {
            throw new IommuException(Errno.EINVAL, "device " + device.name() + " is not probed");
        }
        return ofDevice;
    }

    private void set(Domain target, IommuDevice device, Pasid pasid, IommuDomain old) {
        Map<Pasid, IommuDomain> ofDevice = ofDevice(device);
        if (target.freed) {
            throw new IommuException(Errno.EINVAL, target.name + " was freed");
        }
        IommuDomain actual = ofDevice.getOrDefault(pasid, blocked);
        if (!old.equals(actual)) {
            throw new IommuException(
                    Errno.EINVAL,
                    device.name() + ", " + pasid + ": " + old.name() + " was given as old, but " + actual.name()
                            + " is attached");
        }
        if (target.type == DomainType.BLOCKED) {
            ofDevice.remove(pasid);
        } else {
            ofDevice.put(pasid, target);
        }
        serviceEvents();
    }

    @Override
    public void serviceEvents() {
        handover.with(this::handOver);
    }

    private void handOver() {
        for (PageRequest request = queue.poll(); request != null; request = queue.poll()) {
            if (request.last()) {
                outstanding.add(new Outstanding(request.requesterId(), request.pasid(), request.group()));
            }
            pageRequests.accept(request);
        }
    }

    @Override
    public void respond(PageResponse response) {
        if (!outstanding.remove(new Outstanding(response.requesterId(), response.pasid(), response.group()))) {
            throw new IommuException(Errno.ENOENT, "no page request outstanding for " + response);
        }
        answers.add(response);
    }

    @Override
    public void shutDown() {
        attached.clear();
    }

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
            return ScriptedDriver.this;
        }

        @Override
        public int maxPasids() {
            return description.pasidBits() == 0 ? 0 : 1 << description.pasidBits();
        }
    }

    private final class Domain implements IommuDomain {
        private final String name;
        private final DomainType type;
        private boolean freed;

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
            return ScriptedDriver.this;
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
            set(this, device, pasid, old);
        }

        @Override
        public void free() {
            boolean used = attached.values().stream().anyMatch(ofDevice -> ofDevice.containsValue(this));
            if (used || freed) {
                throw new IommuException(
                        used ? Errno.EBUSY : Errno.EINVAL, name + (used ? " is still attached" : " was freed before"));
            }
            freed = true;
        }
    }
}
