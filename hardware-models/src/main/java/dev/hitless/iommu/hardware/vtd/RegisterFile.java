package dev.hitless.iommu.hardware.vtd;

import dev.hitless.iommu.hardware.CommandPace;
import dev.hitless.iommu.hardware.HardwarePort;
import dev.hitless.iommu.hardware.PageRequestsUnderWay;

/**
 * The memory-mapped registers (VT-d spec 11.4). 64-bit registers may be accessed in halves; a write tells by a mask which
 * bits it carries. 32-bit registers share an aligned 64-bit unit in pairs.
 */
final class RegisterFile {
    private static final int VERSION = 0x60;
    private static final long ALL = -1L;
    private static final long LOW = 0xFFFF_FFFFL;
    private static final int RECORD_BYTES = 16;

    private static final int VER = 0x00;
    private static final int CAP = 0x08;
    private static final int ECAP = 0x10;
    private static final int GCMD_GSTS = 0x18;
    private static final int RTADDR = 0x20;
    private static final int CCMD = 0x28;
    private static final int FSTS = 0x30;
    private static final int FECTL_FEDATA = 0x38;
    private static final int FEADDR_FEUADDR = 0x40;
    private static final int IQH = 0x80;
    private static final int IQT = 0x88;
    private static final int IQA = 0x90;
    private static final int ICS = 0x98;
    private static final int IECTL_IEDATA = 0xA0;
    private static final int IEADDR_IEUADDR = 0xA8;
    private static final int IQERCD = 0xB0;
    private static final int PQH = 0xC0;
    private static final int PQT = 0xC8;
    private static final int PQA = 0xD0;
    private static final int PRS = 0xD8;
    private static final int PECTL_PEDATA = 0xE0;
    private static final int PEADDR_PEUADDR = 0xE8;
    private static final int IVA = VtdCapabilities.IOTLB_REGISTER_OFFSET;
    private static final int IOTLB = VtdCapabilities.IOTLB_REGISTER_OFFSET + 8;
    private static final int FRCD_FIRST = VtdCapabilities.FAULT_RECORD_OFFSET;
    private static final int FRCD_LAST = FRCD_FIRST + RECORD_BYTES * VtdCapabilities.FAULT_RECORDS - 8;

    private static final int FSTS_PFO = 1;
    private static final int FSTS_PPF = 1 << 1;
    private static final int FSTS_IQE = 1 << 4;
    private static final int FSTS_ITE = 1 << 6;

    private final HardwarePort port;
    private final VtdCapabilities capabilities;
    private final GlobalCommand global;
    private final InvalidationQueue queue;
    private final PageRequestQueue pageRequests;
    private final FaultRecorder faults;
    private final EventInterrupt faultInterrupt;
    private final EventInterrupt waitInterrupt;
    private final EventInterrupt pageInterrupt;

    RegisterFile(HardwarePort port, VtdCapabilities capabilities, PageRequestsUnderWay underWay, CommandPace pace) {
        this.port = port;
        this.capabilities = capabilities;
        this.faultInterrupt = new EventInterrupt();
        this.waitInterrupt = new EventInterrupt();
        this.pageInterrupt = new EventInterrupt();
        this.queue = new InvalidationQueue(port, capabilities, waitInterrupt, faultInterrupt, underWay, pace);
        this.global = new GlobalCommand(port, capabilities, queue);
        this.faults = new FaultRecorder(faultInterrupt);
        this.pageRequests = new PageRequestQueue(port, pageInterrupt);
    }

    GlobalCommand global() {
        return global;
    }

    InvalidationQueue queue() {
        return queue;
    }

    PageRequestQueue pageRequests() {
        return pageRequests;
    }

    FaultRecorder faults() {
        return faults;
    }

    long read(long offset, int bits) {
        if (!aligned(offset, bits)) {
            return 0;
        }
        long unit = readUnit((int) offset & ~7, bits == 64 || (offset & 4) != 0);
        return bits == 64 ? unit : (offset & 4) != 0 ? unit >>> 32 : unit & LOW;
    }

    void write(long offset, int bits, long value) {
        if (!aligned(offset, bits)) {
            return;
        }
        if (bits == 64) {
            if (isPair((int) offset)) {
                complain(offset, "holds two 32-bit registers, which are written one by one");
                return;
            }
            writeUnit((int) offset, value, ALL);
        } else if ((offset & 4) != 0) {
            writeUnit((int) offset & ~7, value << 32, ALL << 32);
        } else {
            writeUnit((int) offset, value & LOW, LOW);
        }
    }

    private boolean aligned(long offset, int bits) {
        if ((bits == 32 || bits == 64) && offset % (bits / 8) == 0 && isRegister(offset & -8L)) {
            return true;
        }
        complain(offset, "is no register that can be accessed with " + bits + " bits");
        return false;
    }

    private void complain(long offset, String what) {
        port.malformed("register offset 0x" + Long.toHexString(offset) + " " + what);
    }

    private static boolean isRegister(long unit) {
        return (unit >= VER && unit <= FEADDR_FEUADDR)
                || (unit >= IQH && unit <= IQERCD)
                || (unit >= PQH && unit <= PEADDR_PEUADDR)
                || unit == IVA
                || unit == IOTLB
                || isFaultRecord(unit);
    }

    private static boolean isFaultRecord(long unit) {
        return unit >= FRCD_FIRST && unit <= FRCD_LAST;
    }

    private static boolean isPair(int unit) {
        return switch (unit) {
            case VER,
                    GCMD_GSTS,
                    FSTS,
                    FECTL_FEDATA,
                    FEADDR_FEUADDR,
                    ICS,
                    IECTL_IEDATA,
                    IEADDR_IEUADDR,
                    PRS,
                    PECTL_PEDATA,
                    PEADDR_PEUADDR -> true;
            default -> false;
        };
    }

    private long readUnit(int unit, boolean highHalf) {
        return switch (unit) {
            case VER -> VERSION;
            case CAP -> capabilities.capabilityRegister();
            case ECAP -> capabilities.extendedCapabilityRegister();
            case GCMD_GSTS -> highHalf ? (long) global.status() << 32 : 0;
            case RTADDR -> global.rootTablePointer();
            case FSTS -> {
                long seen = (long) faultStatus() << 32;
                queue.looked();
                yield seen;
            }
            case FECTL_FEDATA -> faultInterrupt.controlAndData();
            case FEADDR_FEUADDR -> faultInterrupt.addresses();
            case IQH -> queue.head();
            case IQT -> queue.tail();
            case IQA -> queue.base();
            case ICS -> highHalf && queue.waitCompleted() ? 1L << 32 : 0;
            case IECTL_IEDATA -> waitInterrupt.controlAndData();
            case IEADDR_IEUADDR -> waitInterrupt.addresses();
            case IQERCD -> queue.errorRecord();
            case PQH -> pageRequests.head();
            case PQT -> pageRequests.tail();
            case PQA -> pageRequests.base();
            case PRS -> (long) pageRequests.status() << 32;
            case PECTL_PEDATA -> pageInterrupt.controlAndData();
            case PEADDR_PEUADDR -> pageInterrupt.addresses();
            default -> isFaultRecord(unit) ? readFaultRecord(unit) : 0;
        };
    }

    private long readFaultRecord(int unit) {
        int index = (unit - FRCD_FIRST) / RECORD_BYTES;
        return (unit & 8) == 0 ? faults.low(index) : faults.high(index);
    }

    private int faultStatus() {
        return (faults.overflowed() ? FSTS_PFO : 0)
                | (faults.pending() ? FSTS_PPF | faults.firstPending() << 8 : 0)
                | (queue.queueError() ? FSTS_IQE : 0)
                | (queue.timeoutError() ? FSTS_ITE : 0);
    }

    private void writeUnit(int unit, long value, long mask) {
        switch (unit) {
            case GCMD_GSTS -> {
                if ((mask & LOW) != 0) {
                    global.command((int) value);
                }
            }
            case RTADDR -> global.setRootTablePointer(merge(global.rootTablePointer(), value, mask));
            case CCMD, IVA, IOTLB ->
                complain(unit, "invalidates through registers, which version 6 hardware does not have; use the queue");
            case FSTS -> clearFaultStatus((int) (value >>> 32));
            case FECTL_FEDATA, FEADDR_FEUADDR -> writeInterrupt(faultInterrupt, unit == FECTL_FEDATA, value, mask);
            case IQT -> {
                if ((mask & LOW) != 0) {
                    queue.setTail(merge(0, value, mask));
                }
            }
            case IQA -> queue.setBase(merge(queue.base(), value, mask));
            case ICS -> {
                if ((value >>> 32 & 1) != 0) {
                    queue.clearWaitCompleted();
                }
            }
            case IECTL_IEDATA, IEADDR_IEUADDR -> writeInterrupt(waitInterrupt, unit == IECTL_IEDATA, value, mask);
            case PQH -> pageRequests.setHead(merge(pageRequests.head(), value, mask));
            case PQT -> pageRequests.setTail(merge(pageRequests.tail(), value, mask));
            case PQA -> pageRequests.setBase(merge(pageRequests.base(), value, mask));
            case PRS -> pageRequests.clearStatus((int) (value >>> 32));
            case PECTL_PEDATA, PEADDR_PEUADDR -> writeInterrupt(pageInterrupt, unit == PECTL_PEDATA, value, mask);
            default -> writeRecordOrReadOnly(unit, value);
        }
    }

    private void writeRecordOrReadOnly(int unit, long value) {
        if (!isFaultRecord(unit)) {
            complain(unit, "is read-only");
        } else if ((unit & 8) != 0) {
            faults.writeHigh((unit - FRCD_FIRST) / RECORD_BYTES, value);
            clearFaultInterruptWhenQuiet();
        }
    }

    private void clearFaultStatus(int value) {
        if ((value & FSTS_PFO) != 0) {
            faults.clearOverflow();
        }
        queue.clearErrors((value & FSTS_IQE) != 0, (value & FSTS_ITE) != 0);
        clearFaultInterruptWhenQuiet();
    }

    private void clearFaultInterruptWhenQuiet() {
        if (faultStatus() == 0) {
            faultInterrupt.clear();
        }
    }

    private static void writeInterrupt(EventInterrupt interrupt, boolean control, long value, long mask) {
        boolean low = (mask & LOW) != 0;
        int half = (int) (low ? value : value >>> 32);
        if (control && low) {
            interrupt.writeControl(half);
        } else if (control) {
            interrupt.writeData(half);
        } else if (low) {
            interrupt.writeAddress(half);
        } else {
            interrupt.writeUpperAddress(half);
        }
    }

    private static long merge(long old, long value, long mask) {
        return (old & ~mask) | (value & mask);
    }
}
