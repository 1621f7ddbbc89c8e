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
import dev.hitless.iommu.api.PageRequest;
import dev.hitless.iommu.api.PageResponse;
import dev.hitless.iommu.api.PagingDomain;
import dev.hitless.iommu.api.PagingFormat;
import dev.hitless.iommu.api.Pasid;
import dev.hitless.iommu.api.ReplaceGuarantee;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

/**
 * A driver without hardware for any number of threads, with a queue of page requests that it drains as it should: before a
 * domain change returns, whatever had arrived was handed over.
 */
final class StormDriver implements IommuDriver {
    private final IommuDomain blocked = new Domain("blocked", DomainType.BLOCKED);
    private final Set<Integer> sending = ConcurrentHashMap.newKeySet();
    private final Queue<PageRequest> queue = new ConcurrentLinkedQueue<>();
    /** Held while what was taken out of the queue is on its way to the receiver. */
    private final ReentrantLock handover = new ReentrantLock();

    private final Map<Integer, Integer> waiting = new ConcurrentHashMap<>();
    private final Set<Integer> answered = ConcurrentHashMap.newKeySet();
    private final Set<Integer> answeredTwice = ConcurrentHashMap.newKeySet();
    private Consumer<PageRequest> receiver = request -> {};

    /** Where page requests are handed over. */
    void connect(Consumer<PageRequest> newReceiver) {
        receiver = newReceiver;
    }

    /** A device asks. False when it may not: it was let go of. */
    boolean send(PageRequest request) {
        handover.lock();
        try {
            if (!sending.contains(request.requesterId())) {
                return false;
            }
            if (request.last()) {
                waiting.put(request.group(), request.requesterId());
            }
            return queue.add(request);
        } finally {
            handover.unlock();
        }
    }

    /** Groups that were answered more than once. */
    Set<Integer> answeredTwice() {
        return answeredTwice;
    }

    /** Whether a device waits for the answer to {@code group}. */
    boolean isWaiting(int group) {
        return waiting.containsKey(group);
    }

    @Override
    public void serviceEvents() {
        handover.lock();
        try {
            for (PageRequest request = queue.poll(); request != null; request = queue.poll()) {
                receiver.accept(request);
            }
        } finally {
            handover.unlock();
        }
    }

    @Override
    public void respond(PageResponse response) {
        Thread.yield();
        if (!answered.add(response.group())) {
            answeredTwice.add(response.group());
        }
        if (waiting.remove(response.group()) == null) {
            throw new IommuException(Errno.ENOENT, "group " + response.group() + " does not wait");
        }
    }

    @Override
    public IommuDevice probe(DeviceDescription description) {
        sending.add(description.primaryRequesterId());
        return new Device(description);
    }

    @Override
    public void release(IommuDevice device) {
        int requester = device.description().primaryRequesterId();
        handover.lock();
        try {
            sending.remove(requester);
        } finally {
            handover.unlock();
        }
        serviceEvents();
        waiting.values().removeIf(who -> who == requester);
    }

    IommuDomain domain(String name) {
        return new Domain(name, DomainType.PAGING);
    }

    @Override
    public DriverCapabilities capabilities() {
        return new DriverCapabilities(
                Set.of(Capability.PASID),
                List.of(),
                4,
                EnumSet.of(DomainType.PAGING, DomainType.BLOCKED),
                EnumSet.of(DomainType.PAGING, DomainType.BLOCKED));
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
        return Map.of();
    }

    @Override
    public void shutDown() {}

    @Override
    public PagingDomain allocatePaging(PagingFormat format) {
        throw new UnsupportedOperationException("domains are named here");
    }

    @Override
    public IommuDomain allocateNested(PagingDomain parent, NestedConfig config) {
        throw new UnsupportedOperationException("domains are named here");
    }

    @Override
    public IommuDomain allocateSva(AddressSpace addressSpace) {
        throw new UnsupportedOperationException("domains are named here");
    }

    @Override
    public IommuDomain identityDomain() {
        throw new UnsupportedOperationException("domains are named here");
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
            return StormDriver.this;
        }

        @Override
        public int maxPasids() {
            return 16;
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
            return StormDriver.this;
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
            serviceEvents();
        }

        @Override
        public void free() {}
    }
}
