package dev.hitless.iommu.core;

import dev.hitless.iommu.api.Capability;
import dev.hitless.iommu.api.DeviceDescription;
import dev.hitless.iommu.api.DomainType;
import dev.hitless.iommu.api.DriverCapabilities;
import dev.hitless.iommu.api.Errno;
import dev.hitless.iommu.api.IommuDevice;
import dev.hitless.iommu.api.IommuDomain;
import dev.hitless.iommu.api.IommuException;
import dev.hitless.iommu.api.PageRequest;
import dev.hitless.iommu.api.PageResponse;
import dev.hitless.iommu.api.Pasid;
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
final class StormDriver extends DriverWithoutHardware {
    private final IommuDomain blocked = new Draining("blocked", DomainType.BLOCKED);
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
        return super.probe(description);
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
        return new Draining(name, DomainType.PAGING);
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

    /** A domain that hands over what has arrived before it lets anybody go on. */
    private final class Draining extends Domain {
        Draining(String name, DomainType type) {
            super(name, type);
        }

        @Override
        public void setDevPasid(IommuDevice device, Pasid pasid, IommuDomain old) {
            serviceEvents();
        }
    }
}
