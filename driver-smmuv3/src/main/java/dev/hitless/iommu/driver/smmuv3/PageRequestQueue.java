package dev.hitless.iommu.driver.smmuv3;

import dev.hitless.iommu.api.Errno;
import dev.hitless.iommu.api.IommuException;
import dev.hitless.iommu.api.PageRequest;
import dev.hitless.iommu.api.PageResponse;
import dev.hitless.iommu.api.Pasid;
import dev.hitless.iommu.api.platform.DriverLock;
import dev.hitless.iommu.api.platform.EventSink;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The PRI queue (IHI 0070 8.1): page requests of devices.
 *
 * <pre>
 *  63   62   61  60  59  58         51            32 31           0
 * +----+----+---+---+---+---+------+----------------+--------------+
 * |SSV |Last| W | R | X | P |      |  SubstreamID   |   StreamID   |  word 0
 * +----+----+---+---+---+---+------+----------------+--------------+
 *  63                                    12 11     9 8            0
 * +----------------------------------------+--------+--------------+
 * |  page >> 12                            |        |  PRG index   |  word 1
 * +----------------------------------------+--------+--------------+
 * </pre>
 */
final class PageRequestQueue {
    private static final long SSV = 1L << 63;
    private static final long LAST = 1L << 62;
    private static final long WRITE = 1L << 61;
    private static final long READ = 1L << 60;

    private record Group(int streamId, Pasid pasid, int index) {}

    private final RecordQueue queue;
    private final Invalidations commands;
    private final EventSink events;
    private final DriverLock lock;
    private final Set<Group> unanswered = new HashSet<>();

    PageRequestQueue(RecordQueue queue, Invalidations commands, EventSink events, DriverLock lock) {
        this.queue = queue;
        this.commands = commands;
        this.events = events;
        this.lock = lock;
    }

    /** Hands over the requests that have arrived. */
    void service() {
        List<PageRequest> requests = new ArrayList<>();
        boolean[] lost = new boolean[1];
        lock.with(() -> lost[0] = queue.takeAll(words -> {
            PageRequest request = decode(words);
            requests.add(request);
            if (request.last()) {
                unanswered.add(new Group(request.requesterId(), request.pasid(), request.group()));
            }
        }));
        // Not under the lock: the receiver may answer at once.
        requests.forEach(events::pageRequest);
        if (lost[0]) {
            events.warning("page requests were lost: the PRI queue was full; devices were told and ask again");
        }
    }

    private static PageRequest decode(long[] words) {
        Pasid pasid = (words[0] & SSV) == 0 ? Pasid.NONE : Pasid.of((int) (words[0] >>> 32) & Pasid.MAX_VALUE);
        return new PageRequest(
                (int) words[0],
                pasid,
                (int) words[1] & 0x1FF,
                (words[0] & LAST) != 0,
                words[1] & -4096L,
                (words[0] & READ) != 0,
                (words[0] & WRITE) != 0);
    }

    /**
     * Answers a group.
     *
     * @param reachable whether the device is there to hear it
     * @throws IommuException ENOENT (no such request, or answered before), EIO, ETIMEDOUT
     */
    void respond(PageResponse response, boolean reachable) {
        Group group = new Group(response.requesterId(), response.pasid(), response.group());
        lock.with(() -> {
            if (!unanswered.contains(group)) {
                throw new IommuException(
                        Errno.ENOENT,
                        "StreamID 0x" + Integer.toHexString(response.requesterId()) + ", " + response.pasid()
                                + ": page-request group " + response.group() + " does not wait for an answer");
            }
            if (reachable) {
                commands.execute(List.of(Command.pageResponse(response)));
            }
            unanswered.remove(group);
        });
    }

    /** Forgets what these StreamIDs wait for: they are gone. */
    void forget(List<Integer> streamIds) {
        lock.with(() -> unanswered.removeIf(group -> streamIds.contains(group.streamId())));
    }

    void free() {
        queue.free();
    }
}
