package dev.hitless.iommu.core;

import dev.hitless.iommu.api.Errno;
import dev.hitless.iommu.api.IommuDevice;
import dev.hitless.iommu.api.IommuDriver;
import dev.hitless.iommu.api.IommuException;
import dev.hitless.iommu.api.PageRequest;
import dev.hitless.iommu.api.PageResponse;
import dev.hitless.iommu.api.Pasid;
import dev.hitless.iommu.api.platform.DriverLock;
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
    private final DriverLock answering;
    private final Consumer<PageRequestGroup> whenAnswered;
    private final AtomicBoolean answered = new AtomicBoolean();

    /**
     * @param answering held while an answer is sent
     * @param whenAnswered is told then
     */
    PageRequestGroup(
            IommuDriver driver,
            @Nullable IommuDevice device,
            List<PageRequest> requests,
            @Nullable AttachHandle handle,
            DriverLock answering,
            Consumer<PageRequestGroup> whenAnswered) {
        this.driver = driver;
        this.device = device;
        this.requests = List.copyOf(requests);
        this.handle = handle;
        this.answering = answering;
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

    /** Whether the device has its answer, or gets it just now. The core gives it when the attachment is replaced or detached. */
    public boolean isAnswered() {
        return answered.get();
    }

    /**
     * Answers the device, unless that was done before. On return it has its answer, whoever gave it: who ends an attachment
     * and finds a group that another thread is just answering waits for that.
     *
     * @return false when it was answered before; nothing is sent then
     * @throws IommuException what {@link IommuDriver#respond} throws. EIO: the device has no answer, and this group can be
     *     answered again. Anything else: it counts as answered
     */
    public boolean answer(PageResponse.Code code) {
        answering.lock();
        try {
            if (!answered.compareAndSet(false, true)) {
                return false;
            }
            send(code);
            return true;
        } finally {
            answering.unlock();
        }
    }

    private void send(PageResponse.Code code) {
        PageRequest last = last();
        try {
            driver.respond(new PageResponse(last.requesterId(), last.pasid(), last.group(), code));
        } catch (IommuException failure) {
            if (failure.errno() == Errno.EIO) {
                answered.set(false);
            }
            throw failure;
        } finally {
            if (answered.get()) {
                whenAnswered.accept(this);
            }
        }
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
