package dev.hitless.iommu.driver.smmuv3;

import dev.hitless.iommu.api.PageRequest;
import dev.hitless.iommu.api.PageResponse;
import dev.hitless.iommu.api.Pasid;
import dev.hitless.iommu.api.platform.DriverLock;
import dev.hitless.iommu.api.platform.EventSink;
import dev.hitless.iommu.driver.support.event.PageRequestPort;
import dev.hitless.iommu.driver.support.event.PageRequests;
import java.util.function.Consumer;

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
final class PageRequestQueue implements PageRequestPort {
    private static final long SSV = 1L << 63;
    private static final long LAST = 1L << 62;
    private static final long WRITE = 1L << 61;
    private static final long READ = 1L << 60;

    private final RecordQueue queue;
    private final Invalidations commands;
    private final PageRequests requests;

    PageRequestQueue(
            RecordQueue queue, Invalidations commands, EventSink events, DriverLock lock, DriverLock handover) {
        this.queue = queue;
        this.commands = commands;
        this.requests = new PageRequests(this, "PRI queue", events, lock, handover);
    }

    /** The requests that came through it. */
    PageRequests requests() {
        return requests;
    }

    @Override
    public boolean takeAll(Consumer<PageRequest> receiver) {
        return queue.takeAll(words -> receiver.accept(decode(words)));
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

    @Override
    public void answer(PageResponse response) {
        commands.executeAtMostOnce(Command.pageResponse(response));
    }

    /** Gives the memory back. Hardware must not use it any more. */
    void free() {
        queue.free();
    }
}
