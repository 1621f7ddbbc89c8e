package dev.hitless.iommu.driver.vtd;

import dev.hitless.iommu.api.Errno;
import dev.hitless.iommu.api.IommuException;
import dev.hitless.iommu.api.PageRequest;
import dev.hitless.iommu.api.PageResponse;
import dev.hitless.iommu.api.Pasid;
import dev.hitless.iommu.api.platform.PhysicalMemory;
import dev.hitless.iommu.api.platform.Platform;
import dev.hitless.iommu.api.platform.RegisterBank;
import dev.hitless.iommu.driver.support.event.PageRequestPort;
import dev.hitless.iommu.driver.support.event.PageRequests;
import java.util.function.Consumer;

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
final class PageRequestQueue implements PageRequestPort {
    /** PQA.PQS: four pages. */
    private static final int SIZE_CODE = 2;

    private static final long RING_BYTES = (long) PhysicalMemory.PAGE_BYTES << SIZE_CODE;
    private static final int REQUEST_BYTES = 32;
    private static final long OFFSET_MASK = RING_BYTES - REQUEST_BYTES;
    private static final long HAS_PASID = 1 << 8;
    private static final int MOST_DRAINS = 8;

    private final RegisterBank registers;
    private final PhysicalMemory memory;
    private final InvalidationQueue queue;
    private final Invalidations invalidations;
    private final long ring;
    private final PageRequests requests;

    /** A queue that hardware does not know yet. Throws ENOMEM. */
    PageRequestQueue(Platform platform, InvalidationQueue queue, Invalidations invalidations) {
        this.registers = platform.registers();
        this.memory = platform.memory();
        this.queue = queue;
        this.invalidations = invalidations;
        this.ring = memory.allocate(RING_BYTES, true);
        this.requests = new PageRequests(
                this,
                "page-request queue",
                platform.events(),
                platform.locks().create("vtd.page-requests", "page-request queue"),
                platform.locks().create("vtd.page-request-handover", "page-request queue"));
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

    /** The requests that came through it. */
    PageRequests requests() {
        return requests;
    }

    @Override
    public boolean takeAll(Consumer<PageRequest> receiver) {
        // Cleared first, so that what arrives from now on sets it again.
        registers.write32(Registers.PRS, Registers.PAGE_REQUEST_PENDING);
        long head = registers.read64(Registers.PQH) & OFFSET_MASK;
        long tail = registers.read64(Registers.PQT) & OFFSET_MASK;
        while (head != tail) {
            receiver.accept(decode(memory.load64(ring + head), memory.load64(ring + head + 8)));
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
            requests.service();
            invalidations.drainPageRequests(device, pasid, tag);
            // An overflow may have cut the drain short.
            if (!requests.service()) {
                return;
            }
        }
        throw new IommuException(
                Errno.EIO,
                "the page-request queue overflows again and again; requests of " + device.name() + ", " + pasid
                        + " cannot be drained");
    }

    @Override
    public void answer(PageResponse response) {
        queue.executeAtMostOnce(InvalidationDescriptor.pageGroupResponse(response));
    }
}
