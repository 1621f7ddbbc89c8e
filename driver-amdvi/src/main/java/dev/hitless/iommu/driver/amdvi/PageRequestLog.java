package dev.hitless.iommu.driver.amdvi;

import dev.hitless.iommu.api.PageRequest;
import dev.hitless.iommu.api.PageResponse;
import dev.hitless.iommu.api.Pasid;
import dev.hitless.iommu.api.platform.DriverLock;
import dev.hitless.iommu.api.platform.Platform;
import dev.hitless.iommu.driver.support.event.PageRequestPort;
import dev.hitless.iommu.driver.support.event.PageRequests;
import java.util.function.Consumer;

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
final class PageRequestLog implements PageRequestPort {
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

    private final CommandBuffer commands;
    private final LogRing ring;
    private final DriverLock lock;
    private final PageRequests requests;

    /** A log that hardware does not know yet. Throws ENOMEM. */
    PageRequestLog(Platform platform, ControlRegister control, CommandBuffer commands) {
        this.commands = commands;
        this.ring = new LogRing(platform, control, PORTS);
        this.lock = platform.locks().create("amdvi.page-requests", "page-request log");
        this.requests = new PageRequests(
                this,
                "page-request log",
                platform.events(),
                lock,
                platform.locks().create("amdvi.page-request-handover", "page-request log"));
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

    /** The requests that came through it. */
    PageRequests requests() {
        return requests;
    }

    @Override
    public boolean takeAll(Consumer<PageRequest> receiver) {
        for (LogRing.Entry entry : ring.takeAll()) {
            if (entry.code() == PAGE_REQUEST) {
                receiver.accept(decode(entry.word0(), entry.word1()));
            }
        }
        return ring.recoverFromOverflow();
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

    @Override
    public void answer(PageResponse response) {
        commands.executeAtMostOnce(Command.pageResponse(response));
    }
}
