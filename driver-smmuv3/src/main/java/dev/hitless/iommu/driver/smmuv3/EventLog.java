package dev.hitless.iommu.driver.smmuv3;

import dev.hitless.iommu.api.FaultReport;
import dev.hitless.iommu.api.Pasid;
import dev.hitless.iommu.api.platform.DriverLock;
import dev.hitless.iommu.api.platform.EventSink;
import java.util.ArrayList;
import java.util.List;

/**
 * The event queue (IHI 0070 7.3): faults, and entries that hardware could not use.
 *
 * <pre>
 *  63            32 31                 12  11  10      8 7       0
 * +----------------+---------------------+----+---------+---------+
 * |    StreamID    |    SubstreamID      |SSV |         |   ID    |  word 0
 * +----------------+---------------------+----+---------+---------+
 *  47  41 40   39    35    34    33        31   30     16 15      0
 * +------+-----+----+-----+-----+-----+-------+----------+---------+
 * |      |Class| S2 | RnW | InD | PnU | Stall |          |  STAG   |  word 1
 * +------+-----+----+-----+-----+-----+-------+----------+---------+
 * |                       input address                            |  word 2
 * |                       IPA, or address of the fetch             |  word 3
 * +----------------------------------------------------------------+
 * </pre>
 */
final class EventLog {
    private static final long SSV = 1L << 11;
    private static final long STALL = 1L << 31;
    private static final long READ = 1L << 35;

    private static final int FIRST_TRANSLATION_FAULT = 0x10;
    private static final int LAST_TRANSLATION_FAULT = 0x13;

    private final RecordQueue queue;
    private final Invalidations commands;
    private final EventSink events;
    private final DriverLock lock;

    EventLog(RecordQueue queue, Invalidations commands, EventSink events, DriverLock lock) {
        this.queue = queue;
        this.commands = commands;
        this.events = events;
        this.lock = lock;
    }

    /** Hands over what was recorded since the last time. What is stalled by a fault is aborted: nobody could resolve it. */
    void service() {
        List<FaultReport> reports = new ArrayList<>();
        List<Command> answers = new ArrayList<>();
        boolean[] lost = new boolean[1];
        lock.with(() -> lost[0] = queue.takeAll(words -> {
            reports.add(report(words));
            if ((words[1] & STALL) != 0) {
                answers.add(Command.abortStalled((int) (words[0] >>> 32), (int) words[1] & 0xFFFF));
            }
        }));
        reports.forEach(events::fault);
        commands.execute(answers);
        if (lost[0]) {
            events.warning("events were lost: the event queue was full");
        }
    }

    private static FaultReport report(long[] words) {
        int code = (int) words[0] & 0xFF;
        Pasid pasid = (words[0] & SSV) == 0 ? Pasid.NONE : Pasid.of((int) (words[0] >>> 12) & Pasid.MAX_VALUE);
        // Only translation faults say what kind of access it was.
        boolean write = code >= FIRST_TRANSLATION_FAULT && code <= LAST_TRANSLATION_FAULT && (words[1] & READ) == 0;
        return new FaultReport((int) (words[0] >>> 32), pasid, words[2], write, code, EventReasons.of(code));
    }

    void free() {
        queue.free();
    }
}
