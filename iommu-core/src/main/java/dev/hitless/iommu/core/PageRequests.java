package dev.hitless.iommu.core;

import dev.hitless.iommu.api.DomainType;
import dev.hitless.iommu.api.IommuDevice;
import dev.hitless.iommu.api.IommuDriver;
import dev.hitless.iommu.api.PageRequest;
import dev.hitless.iommu.api.PageResponse;
import dev.hitless.iommu.api.Pasid;
import dev.hitless.iommu.api.platform.DriverLock;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Page requests on their way from the driver to the handler of the attachment, and until they are answered.
 *
 * <p>There are two steps, because drivers report from within their event service, and from within a replacement while
 * they drain. {@link #report} finds the handle and queues; it takes no group mutex and calls nobody. {@link #deliver}
 * calls handlers, and holds no lock while it does.
 *
 * <p>The handle is found and the request queued in one critical section, and {@link #abandon} sweeps in another, after
 * the new handle is published. So a request is either swept with the old handle or finds the new one. An answer that is on
 * its way to the driver counts as missing until the driver has it, so a sweep waits for those of other threads too.
 */
final class PageRequests {
    private record PartialGroup(IommuDriver driver, int requesterId, Pasid pasid, int group) {}

    private final DeviceRegistry registry;
    private final WarningSink warnings;
    private final DriverLock mutex;
    private final DriverLock answering;
    private final Map<PartialGroup, List<PageRequest>> partial = new HashMap<>();
    private final Queue<PageRequestGroup> undelivered = new ArrayDeque<>();
    private final Set<PageRequestGroup> unanswered = new LinkedHashSet<>();

    /**
     * None yet.
     *
     * @param mutex guards what is kept here; nothing is called with it held
     * @param answering held while drivers are told an answer; before {@code mutex}
     */
    PageRequests(DeviceRegistry registry, WarningSink warnings, DriverLock mutex, DriverLock answering) {
        this.registry = registry;
        this.warnings = warnings;
        this.mutex = mutex;
        this.answering = answering;
    }

    /** Takes a request from a driver. Those that are not the last of their group wait for it. */
    void report(IommuDriver driver, PageRequest request) {
        mutex.with(() -> {
            PartialGroup key = new PartialGroup(driver, request.requesterId(), request.pasid(), request.group());
            List<PageRequest> requests = partial.computeIfAbsent(key, unused -> new ArrayList<>());
            requests.add(request);
            if (!request.last()) {
                return;
            }
            partial.remove(key);
            IommuDevice device = registry.findByRequester(driver, request.requesterId());
            AttachHandle handle = device == null ? null : findHandle(device, request.pasid());
            PageRequestGroup group = new PageRequestGroup(driver, device, requests, handle, answering, this::forget);
            undelivered.add(group);
            unanswered.add(group);
        });
    }

    /**
     * The handle under the PASID. Failing that, when a guest's own stage stands behind requests without PASID, that
     * one's: the guest keeps the PASID table then, and PASIDs in it are its own. (Linux asks the guest also where the host
     * has attached something without handle; here that PASID is the host's, and nobody takes its requests.)
     */
    private @Nullable AttachHandle findHandle(IommuDevice device, Pasid pasid) {
        IommuGroup group = registry.groupOf(device);
        if (group == null) {
            return null;
        }
        Slot slot = group.table().find(pasid);
        if (slot != null) {
            return slot.handle();
        }
        Slot rid = group.table().find(Pasid.NONE);
        return rid != null && rid.domain().type() == DomainType.NESTED ? rid.handle() : null;
    }

    /** Hands what was reported to the handlers; what has none is answered {@code INVALID}. */
    void deliver() {
        for (PageRequestGroup group = next(); group != null; group = next()) {
            deliver(group);
        }
    }

    private @Nullable PageRequestGroup next() {
        mutex.lock();
        try {
            return undelivered.poll();
        } finally {
            mutex.unlock();
        }
    }

    private void deliver(PageRequestGroup group) {
        if (group.isAnswered()) {
            return; // Its attachment ended before anybody took it.
        }
        AttachHandle handle = group.handle();
        PageRequestHandler handler = handle == null ? null : handle.handler();
        if (handler == null || !isSetUp(group)) {
            answer(group, PageResponse.Code.INVALID);
            return;
        }
        try {
            handler.handle(group);
        } catch (RuntimeException refusal) {
            answer(group, PageResponse.Code.FAILURE);
        }
    }

    private boolean isSetUp(PageRequestGroup group) {
        IommuDevice device = group.device();
        if (device != null && device.description().pri()) {
            return true;
        }
        warnings.warning(group + ": the device cannot send page requests");
        return false;
    }

    /**
     * The attachment of {@code handle} is over, and the new one, if any, is published: what came for it and is
     * unanswered is answered {@code INVALID}. Whoever attached now may forget the handle.
     */
    void abandon(@Nullable AttachHandle handle) {
        if (handle != null) {
            abandon(group -> handle.equals(group.handle()));
        }
    }

    /** The device leaves: what it asked for is answered {@code INVALID}, what it asked for by half is dropped. */
    void abandon(IommuDevice device) {
        mutex.with(() -> dropPartial(device));
        abandon(group -> device.equals(group.device()));
    }

    /**
     * The device has left. What its driver found in its queues while it let go of it is dropped: page requests are off by
     * then, so there is nobody to be answered, and no handler may be given what it cannot answer.
     */
    void forget(IommuDevice device) {
        mutex.with(() -> {
            dropPartial(device);
            undelivered.removeIf(group -> device.equals(group.device()));
            unanswered.removeIf(group -> device.equals(group.device()));
        });
    }

    private void dropPartial(IommuDevice device) {
        partial.keySet().removeIf(key -> device.equals(registry.findByRequester(key.driver(), key.requesterId())));
    }

    private void abandon(Predicate<PageRequestGroup> whichOnes) {
        List<PageRequestGroup> abandoned = new ArrayList<>();
        mutex.with(() -> unanswered.stream().filter(whichOnes).forEach(abandoned::add));
        abandoned.forEach(group -> answer(group, PageResponse.Code.INVALID));
    }

    private void answer(PageRequestGroup group, PageResponse.Code code) {
        try {
            group.answer(code);
        } catch (RuntimeException failure) {
            warnings.warning(group + " could not be answered " + code + ": " + failure.getMessage());
        }
    }

    private void forget(PageRequestGroup group) {
        mutex.with(() -> unanswered.remove(group));
    }
}
