package dev.hitless.iommu.driver.vtd;

import dev.hitless.iommu.api.FaultReport;
import dev.hitless.iommu.api.Pasid;
import dev.hitless.iommu.api.platform.DriverLock;
import dev.hitless.iommu.api.platform.Platform;
import dev.hitless.iommu.api.platform.RegisterBank;
import java.util.ArrayList;
import java.util.List;

/**
 * The fault-recording registers (VT-d spec 11.4.14): a few slots that hardware fills in turn.
 *
 * <pre>
 *  63                                                  12 11        0
 * +------------------------------------------------------+----------+
 * |  FI: faulting page >> 12                             |   rsvd   |  lower half
 * +------------------------------------------------------+----------+
 *  63  62  61  60 59      40 39   32  31   30    29   28  27   16 15       0
 * +---+---+------+----------+-------+----+-----+------+----+-------+--------+
 * | F | T |  AT  | PV: PASID|  FR   | PP | EXE | PRIV | T2 | rsvd  |  SID   |  upper half; write F to free the slot
 * +---+---+------+----------+-------+----+-----+------+----+-------+--------+
 *  T: 1 read. PP: the PASID is valid.
 * </pre>
 */
final class FaultLog {
    private static final long FILLED = 1L << 63;
    private static final long READ = 1L << 62;
    private static final long HAS_PASID = 1L << 31;
    private static final int BYTES = 16;

    private final Platform platform;
    private final RegisterBank registers;
    private final long firstRecord;
    private final int records;
    private final DriverLock lock;

    FaultLog(Platform platform, HardwareCapabilities hardware) {
        this.platform = platform;
        this.registers = platform.registers();
        this.firstRecord = hardware.faultRecordOffset();
        this.records = hardware.faultRecords();
        this.lock = platform.locks().create("vtd.fault-log", "fault recording");
    }

    /** Forgets what was recorded before this driver came. */
    void clear() {
        lock.with(() -> takeAll(new ArrayList<>()));
    }

    /** Hands over what was recorded since the last time, oldest first. */
    void service() {
        List<FaultReport> reports = new ArrayList<>();
        boolean[] overflow = new boolean[1];
        lock.with(() -> overflow[0] = takeAll(reports));
        reports.forEach(platform.events()::fault);
        if (overflow[0]) {
            platform.events().warning("translation faults were lost: all " + records + " fault records were full");
        }
    }

    /** Returns whether some were lost. */
    private boolean takeAll(List<FaultReport> reports) {
        int status = registers.read32(Registers.FSTS);
        int first = status >>> 8 & 0xFF;
        for (int i = 0; i < records; i++) {
            long record = firstRecord + (long) ((first + i) % records) * BYTES;
            long high = registers.read64(record + 8);
            if ((high & FILLED) != 0) {
                reports.add(report(registers.read64(record), high));
                registers.write64(record + 8, FILLED);
            }
        }
        boolean overflow = (status & Registers.FAULT_OVERFLOW) != 0;
        if (overflow) {
            registers.write32(Registers.FSTS, Registers.FAULT_OVERFLOW);
        }
        return overflow;
    }

    private static FaultReport report(long low, long high) {
        int code = (int) (high >>> 32 & 0xFF);
        Pasid pasid = (high & HAS_PASID) == 0 ? Pasid.NONE : Pasid.of((int) (high >>> 40 & Pasid.MAX_VALUE));
        return new FaultReport(
                (int) (high & 0xFFFF), pasid, low & ~0xFFFL, (high & READ) == 0, code, FaultReasons.of(code));
    }
}
