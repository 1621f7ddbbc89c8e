package dev.hitless.iommu.driver.vtd;

import dev.hitless.iommu.api.Errno;
import dev.hitless.iommu.api.IommuException;
import dev.hitless.iommu.api.PageRequest;
import dev.hitless.iommu.api.PageResponse;
import dev.hitless.iommu.api.Pasid;
import dev.hitless.iommu.api.platform.DriverLock;
import dev.hitless.iommu.api.platform.PhysicalMemory;
import dev.hitless.iommu.api.platform.Platform;
import dev.hitless.iommu.api.platform.RegisterBank;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The page-request queue (VT-d spec 7.4): hardware appends at the tail, this driver reads at the head.
 *
 * <pre>
 *  63        54 53   52  51        32 31        16 15   9  8  7      0
 * +------------+----+----+------------+------------+------+----+------+
 * |    rsvd    | PM | EX |   PASID    |    SID     | rsvd | PP | type |  word 0; type 1
 * +------------+----+----+------------+------------+------+----+------+
 *  63                              12 11         3   2     1   0
 * +----------------------------------+------------+------+---+---+
 * |  page >> 12                      |  PRG index | LPIG | W | R |  word 1; words 2, 3: private data
 * +----------------------------------+------------+------+---+---+
 * </pre>
 */
final class PageRequestQueue {
    /** PQA.PQS: four pages. */
    private static final int SIZE_CODE = 2;

    private static final long RING_BYTES = (long) PhysicalMemory.PAGE_BYTES << SIZE_CODE;
    private static final int REQUEST_BYTES = 32;
    private static final long OFFSET_MASK = RING_BYTES - REQUEST_BYTES;
    private static final long HAS_PASID = 1 << 8;
    private static final int MOST_DRAINS = 8;

    private record Group(int requesterId, Pasid pasid, int index) {}

    private final Platform platform;
    private final RegisterBank registers;
    private final PhysicalMemory memory;
    private final InvalidationQueue queue;
    private final Invalidations invalidations;
    private final DriverLock lock;
    private final long ring;
    private final Set<Group> unanswered = new HashSet<>();

    /** A queue that hardware does not know yet. Throws ENOMEM. */
    PageRequestQueue(Platform platform, InvalidationQueue queue, Invalidations invalidations) {
        this.platform = platform;
        this.registers = platform.registers();
        this.memory = platform.memory();
        this.queue = queue;
        this.invalidations = invalidations;
        this.lock = platform.locks().create("vtd.page-requests", "page-request queue");
        this.ring = memory.allocate(RING_BYTES, true);
    }

    /** Makes hardware use it. */
    void enable() {
        registers.write64(Registers.PQH, 0);
        registers.write64(Registers.PQT, 0);
        registers.write64(Registers.PQA, ring | SIZE_CODE);
    }

    /** Gives the memory back. No device may send page requests any more. */
    void free() {
        memory.free(ring, RING_BYTES);
    }

    /** Hands over the requests that have arrived. Returns whether hardware had to drop some. */
    boolean service() {
        List<PageRequest> requests = new ArrayList<>();
        boolean[] overflow = new boolean[1];
        lock.with(() -> overflow[0] = takeAll(requests));
        // Not under the lock: the receiver may answer at once.
        requests.forEach(platform.events()::pageRequest);
        if (overflow[0]) {
            platform.events().warning("page requests were lost: the page-request queue was full; devices ask again");
        }
        return overflow[0];
    }

    private boolean takeAll(List<PageRequest> requests) {
        // Cleared first, so that what arrives from now on sets it again.
        registers.write32(Registers.PRS, Registers.PAGE_REQUEST_PENDING);
        long head = registers.read64(Registers.PQH) & OFFSET_MASK;
        long tail = registers.read64(Registers.PQT) & OFFSET_MASK;
        while (head != tail) {
            PageRequest request = decode(memory.load64(ring + head), memory.load64(ring + head + 8));
            requests.add(request);
            if (request.last()) {
                unanswered.add(new Group(request.requesterId(), request.pasid(), request.group()));
            }
            head = head + REQUEST_BYTES & OFFSET_MASK;
        }
        registers.write64(Registers.PQH, head);
        boolean overflow = (registers.read32(Registers.PRS) & Registers.PAGE_REQUEST_OVERFLOW) != 0;
        if (overflow) {
            registers.write32(Registers.PRS, Registers.PAGE_REQUEST_OVERFLOW);
        }
        return overflow;
    }

    private static PageRequest decode(long word0, long word1) {
        Pasid pasid = (word0 & HAS_PASID) == 0 ? Pasid.NONE : Pasid.of((int) (word0 >>> 32 & Pasid.MAX_VALUE));
        return new PageRequest(
                (int) (word0 >>> 16 & 0xFFFF),
                pasid,
                (int) (word1 >>> 3 & 0x1FF),
                (word1 & 1 << 2) != 0,
                word1 & ~0xFFFL,
                (word1 & 1) != 0,
                (word1 & 1 << 1) != 0);
    }

    /**
     * Sees to it that no request of {@code pasid} is under way any more, and that all were handed over (VT-d spec 7.10).
     *
     * @param tag under which the PASID's translations were cached
     * @throws IommuException EIO, ETIMEDOUT
     */
    void drain(VtdDevice device, Pasid pasid, TranslationTag tag) {
        for (int i = 0; i < MOST_DRAINS; i++) {
            service();
            invalidations.drainPageRequests(device, pasid, tag);
            // An overflow may have cut the drain short.
            if (!service()) {
                return;
            }
        }
        throw new IommuException(
                Errno.EIO,
                "the page-request queue overflows again and again; requests of " + device.name() + ", " + pasid
                        + " cannot be drained");
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
                        "requester 0x" + Integer.toHexString(response.requesterId()) + ", " + response.pasid()
                                + ": page-request group " + response.group() + " does not wait for an answer");
            }
            if (reachable) {
                queue.execute(List.of(InvalidationDescriptor.pageGroupResponse(response)));
            }
            unanswered.remove(group);
        });
    }

    /** Forgets what these requesters wait for: they are gone. */
    void forget(List<Integer> requesterIds) {
        lock.with(() -> unanswered.removeIf(group -> requesterIds.contains(group.requesterId())));
    }
}
