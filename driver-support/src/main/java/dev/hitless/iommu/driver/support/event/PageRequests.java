package dev.hitless.iommu.driver.support.event;

import dev.hitless.iommu.api.Errno;
import dev.hitless.iommu.api.IommuException;
import dev.hitless.iommu.api.PageRequest;
import dev.hitless.iommu.api.PageResponse;
import dev.hitless.iommu.api.Pasid;
import dev.hitless.iommu.api.platform.DriverLock;
import dev.hitless.iommu.api.platform.EventSink;
import dev.hitless.iommu.driver.support.queue.CommandRejectedException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Page requests from their arrival to their answer: each group that was handed over is answered once. */
public final class PageRequests {
    private record Group(int requesterId, Pasid pasid, int index) {}

    private final PageRequestPort port;
    private final String source;
    private final EventSink events;
    private final DriverLock lock;
    /** Held from taking requests until they were handed over. */
    private final DriverLock handover;

    private final Set<Group> unanswered = new HashSet<>();

    /**
     * None yet.
     *
     * @param source for messages, for example {@code page-request queue}
     * @param events where they go
     * @param lock before that of the command queue
     * @param handover before {@code lock}
     */
    public PageRequests(PageRequestPort port, String source, EventSink events, DriverLock lock, DriverLock handover) {
        this.port = port;
        this.source = source;
        this.events = events;
        this.lock = lock;
        this.handover = handover;
    }

    /**
     * Hands over the requests that have arrived. On return those that another thread has just taken were handed over too:
     * who drains must not return while a request of his is still on its way to the receiver. So the receiver may answer at
     * once, and may call nothing else here.
     *
     * @return whether hardware had to drop some, which is warned of
     */
    public boolean service() {
        boolean[] lost = new boolean[1];
        handover.with(() -> lost[0] = handOver());
        return lost[0];
    }

    private boolean handOver() {
        List<PageRequest> requests = new ArrayList<>();
        boolean[] lost = new boolean[1];
        lock.with(() -> lost[0] = port.takeAll(request -> {
            requests.add(request);
            if (request.last()) {
                unanswered.add(new Group(request.requesterId(), request.pasid(), request.group()));
            }
        }));
        // Not under the lock of the answers: the receiver may answer at once.
        requests.forEach(events::pageRequest);
        if (lost[0]) {
            events.warning("page requests were lost: the " + source + " was full; devices ask again");
        }
        return lost[0];
    }

    /**
     * Answers a group.
     *
     * @param reachable whether the device is there to hear it
     * @throws IommuException ENOENT (no such request, or answered before), EIO (not answered, the group goes on waiting),
     *     ETIMEDOUT (nobody knows; the group counts as answered)
     */
    public void respond(PageResponse response, boolean reachable) {
        Group group = new Group(response.requesterId(), response.pasid(), response.group());
        lock.with(() -> {
            if (!unanswered.contains(group)) {
                throw new IommuException(
                        Errno.ENOENT,
                        "requester 0x" + Integer.toHexString(response.requesterId()) + ", " + response.pasid()
                                + ": page-request group " + response.group() + " does not wait for an answer");
            }
            if (reachable) {
                answer(response, group);
            }
            unanswered.remove(group);
        });
    }

    private void answer(PageResponse response, Group group) {
        try {
            port.answer(response);
        } catch (CommandRejectedException rejected) {
            throw rejected;
        } catch (IommuException failure) {
            // The device may have the answer, and may use the group's index again.
            unanswered.remove(group);
            throw new IommuException(
                    Errno.ETIMEDOUT,
                    "whether " + response + " reached the device is not known, and it is not sent again: "
                            + failure.getMessage(),
                    failure);
        }
    }

    /** Forgets what these requesters wait for: they are gone. */
    public void forget(List<Integer> requesterIds) {
        lock.with(() -> unanswered.removeIf(group -> requesterIds.contains(group.requesterId())));
    }
}
