package dev.hitless.iommu.core;

import dev.hitless.iommu.api.IommuDevice;
import dev.hitless.iommu.api.IommuDriver;
import dev.hitless.iommu.api.PageRequest;
import dev.hitless.iommu.api.PageResponse;
import dev.hitless.iommu.api.Pasid;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Page requests that a device sent as one group and that get one answer. */
public final class PageRequestGroup {
    private final IommuDriver driver;
    private final @Nullable IommuDevice device;
    private final List<PageRequest> requests;
    private final @Nullable AttachHandle handle;
    private final Consumer<PageRequestGroup> whenAnswered;
    private final AtomicBoolean answered = new AtomicBoolean();

    PageRequestGroup(
            IommuDriver driver,
            @Nullable IommuDevice device,
            List<PageRequest> requests,
            @Nullable AttachHandle handle,
            Consumer<PageRequestGroup> whenAnswered) {
        this.driver = driver;
        this.device = device;
        this.requests = List.copyOf(requests);
        this.handle = handle;
        this.whenAnswered = whenAnswered;
    }

    /** The requests, the last one of the group last. */
    public List<PageRequest> requests() {
        return requests;
    }

    /** The PASID that all of them carry. */
    public Pasid pasid() {
        return last().pasid();
    }

    /** Whether the device has its answer. The core gives it when the attachment is replaced or detached. */
    public boolean isAnswered() {
        return answered.get();
    }

    /**
     * Answers the device, unless that was done before.
     *
     * @return false when it was answered before; nothing is sent then
     * @throws dev.hitless.iommu.api.IommuException what {@link IommuDriver#respond} throws; it counts as answered then
     */
    public boolean answer(PageResponse.Code code) {
        if (!answered.compareAndSet(false, true)) {
            return false;
        }
        whenAnswered.accept(this);
        PageRequest last = last();
        driver.respond(new PageResponse(last.requesterId(), last.pasid(), last.group(), code));
        return true;
    }

    @Nullable
    IommuDevice device() {
        return device;
    }

    @Nullable
    AttachHandle handle() {
        return handle;
    }

    private PageRequest last() {
        return requests.get(requests.size() - 1);
    }

    @Override
    public String toString() {
        PageRequest last = last();
        return "page request group " + last.group() + " of requester 0x" + Integer.toHexString(last.requesterId())
                + ", " + last.pasid();
    }
}
