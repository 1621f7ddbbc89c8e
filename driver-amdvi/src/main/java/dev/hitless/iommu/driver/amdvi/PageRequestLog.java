package dev.hitless.iommu.driver.amdvi;

import dev.hitless.iommu.api.Errno;
import dev.hitless.iommu.api.IommuException;
import dev.hitless.iommu.api.PageRequest;
import dev.hitless.iommu.api.PageResponse;
import dev.hitless.iommu.api.Pasid;
import dev.hitless.iommu.api.platform.DriverLock;
import dev.hitless.iommu.api.platform.Platform;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The page-request (PPR) log (48882, 2.6).
 *
 * <pre>
 *  63  60 59   48 47 46 45        42   41   40      32 31          16 15     0
 * +------+-------+-----+------------+------+----------+--------------+--------+
 * |  1   | flags |     |PASID[19:16]| last | group    | PASID [15:0] | DevID  |  word 0
 * +------+-------+-----+------------+------+----------+--------------+--------+
 *  word 1: address. flags: 0x004 read, 0x020 write, 0x100 GN: the PASID is valid
 * </pre>
 */
final class PageRequestLog {
    private static final int PAGE_REQUEST = 1;
    private static final long READ = 0x004L << 48;
    private static final long WRITE = 0x020L << 48;
    private static final long HAS_PASID = 0x100L << 48;
    private static final long LAST = 1L << 41;

    private static final LogRing.Ports PORTS = new LogRing.Ports(
            Registers.PAGE_REQUEST_LOG_BASE,
            Registers.PAGE_REQUEST_HEAD,
            Registers.PAGE_REQUEST_TAIL,
            Registers.PAGE_REQUEST_LOG_ENABLE,
            Registers.PAGE_REQUEST_LOG_RUNNING,
            Registers.PAGE_REQUEST_OVERFLOW,
            Registers.PAGE_REQUEST_INTERRUPT);

    private record Group(int requesterId, Pasid pasid, int index) {}

    private final Platform platform;
    private final CommandBuffer commands;
    private final LogRing ring;
    private final DriverLock lock;
    private final Set<Group> unanswered = new HashSet<>();

    /** A log that hardware does not know yet. Throws ENOMEM. */
    PageRequestLog(Platform platform, ControlRegister control, CommandBuffer commands) {
        this.platform = platform;
        this.commands = commands;
        this.ring = new LogRing(platform, control, PORTS);
        this.lock = platform.locks().create("amdvi.page-requests", "page-request log");
    }

    void enable() {
        lock.with(ring::enable);
    }

    /** Makes hardware stop. Throws ETIMEDOUT. */
    void disable() {
        lock.with(ring::disable);
    }

    void free() {
        ring.free();
    }

    /** Hands over the requests that have arrived. */
    void service() {
        List<PageRequest> requests = new ArrayList<>();
        boolean[] overflow = new boolean[1];
        lock.with(() -> {
            takeAll(requests);
            overflow[0] = ring.recoverFromOverflow();
        });
        // Not under the lock: the receiver may answer at once.
        requests.forEach(platform.events()::pageRequest);
        if (overflow[0]) {
            platform.events().warning("page requests were lost: the page-request log was full; devices ask again");
        }
    }

    private void takeAll(List<PageRequest> requests) {
        for (LogRing.Entry entry : ring.takeAll()) {
            if (entry.code() != PAGE_REQUEST) {
                continue;
            }
            PageRequest request = decode(entry.word0(), entry.word1());
            requests.add(request);
            if (request.last()) {
                unanswered.add(new Group(request.requesterId(), request.pasid(), request.group()));
            }
        }
    }

    private static PageRequest decode(long word0, long word1) {
        int pasid = (int) (((word0 >>> 16) & 0xFFFF) | (((word0 >>> 42) & 0xF) << 16));
        return new PageRequest(
                (int) (word0 & 0xFFFF),
                (word0 & HAS_PASID) == 0 ? Pasid.NONE : Pasid.of(pasid),
                (int) ((word0 >>> 32) & 0x1FF),
                (word0 & LAST) != 0,
                word1 & ~0xFFFL,
                (word0 & READ) != 0,
                (word0 & WRITE) != 0);
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
                commands.execute(List.of(Command.pageResponse(response)));
            }
            unanswered.remove(group);
        });
    }

    /** Forgets what these requesters wait for: they are gone. */
    void forget(List<Integer> requesterIds) {
        lock.with(() -> unanswered.removeIf(group -> requesterIds.contains(group.requesterId())));
    }
}
