package dev.hitless.iommu.driver.amdvi;

import dev.hitless.iommu.api.FaultReport;
import dev.hitless.iommu.api.Pasid;
import dev.hitless.iommu.api.platform.DriverLock;
import dev.hitless.iommu.api.platform.Platform;
import java.util.ArrayList;
import java.util.List;

/**
 * The event log (48882, 2.5).
 *
 * <pre>
 *  63  60 59 58 57 56  55  54  53  52  51  50  49  48 47          32 31  20 19       16 15     0
 * +------+--+-----+---+---+---+---+---+---+---+---+--+--------------+------+-----------+--------+
 * | code |  |type |TR |RZ |PE |RW |PR | I |US |NX |GN| PASID [15:0] |      |PASID      | DevID  |  word 0
 * |      |  |     |   |   |   |   |   |   |   |   |  | or DomainID  |      |[19:16]    |        |
 * +------+--+-----+---+---+---+---+---+---+---+---+--+--------------+------+-----------+--------+
 *  word 1: address. GN: the PASID is valid. RW: a write. Fields that a code does not have are 0.
 * </pre>
 */
final class EventLog {
    private static final int ILLEGAL_DEVICE_TABLE_ENTRY = 1;
    private static final int IO_PAGE_FAULT = 2;
    private static final int DEVICE_TABLE_ERROR = 3;
    private static final int PAGE_TABLE_ERROR = 4;
    private static final int INVALID_DEVICE_REQUEST = 8;

    private static final LogRing.Ports PORTS = new LogRing.Ports(
            Registers.EVENT_LOG_BASE,
            Registers.EVENT_HEAD,
            Registers.EVENT_TAIL,
            Registers.EVENT_LOG_ENABLE,
            Registers.EVENT_LOG_RUNNING,
            Registers.EVENT_OVERFLOW,
            Registers.EVENT_LOG_INTERRUPT);

    private final Platform platform;
    private final LogRing ring;
    private final DriverLock lock;

    /** A log that hardware does not know yet. Throws ENOMEM. */
    EventLog(Platform platform, ControlRegister control) {
        this.platform = platform;
        this.ring = new LogRing(platform, control, PORTS);
        this.lock = platform.locks().create("amdvi.event-log", "event log");
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

    /** Hands over what was recorded since the last time, oldest first. */
    void service() {
        List<LogRing.Entry> entries = new ArrayList<>();
        boolean[] overflow = new boolean[1];
        lock.with(() -> {
            entries.addAll(ring.takeAll());
            overflow[0] = ring.recoverFromOverflow();
        });
        // Not under the lock: whoever hears it may call back.
        entries.forEach(this::report);
        if (overflow[0]) {
            platform.events().warning("events were lost: the event log was full");
        }
    }

    private void report(LogRing.Entry entry) {
        switch (entry.code()) {
            case ILLEGAL_DEVICE_TABLE_ENTRY,
                    IO_PAGE_FAULT,
                    DEVICE_TABLE_ERROR,
                    PAGE_TABLE_ERROR,
                    INVALID_DEVICE_REQUEST -> platform.events().fault(fault(entry));
            default ->
                platform.events()
                        .warning(reason(entry.code()) + " (event code " + entry.code() + "), device 0x"
                                + Long.toHexString(entry.word0() & 0xFFFF) + ", address 0x"
                                + Long.toHexString(entry.word1()));
        }
    }

    private static FaultReport fault(LogRing.Entry entry) {
        long word0 = entry.word0();
        boolean hasPasid = ((word0 >>> 48) & 1) != 0;
        int pasid = (int) (((word0 >>> 32) & 0xFFFF) | (word0 & 0xF_0000));
        return new FaultReport(
                (int) (word0 & 0xFFFF),
                hasPasid ? Pasid.of(pasid) : Pasid.NONE,
                entry.word1(),
                ((word0 >>> 53) & 1) != 0,
                entry.code(),
                reason(entry.code()));
    }

    private static String reason(int code) {
        return switch (code) {
            case ILLEGAL_DEVICE_TABLE_ENTRY -> "illegal device-table entry";
            case IO_PAGE_FAULT -> "I/O page fault";
            case DEVICE_TABLE_ERROR -> "device table cannot be read";
            case PAGE_TABLE_ERROR -> "page table cannot be read";
            case 5 -> "illegal command";
            case 6 -> "command cannot be read";
            case 7 -> "device does not answer an invalidation";
            case INVALID_DEVICE_REQUEST -> "invalid device request";
            case 9 -> "invalid page request";
            default -> "unknown event";
        };
    }
}
