package dev.hitless.iommu.driver.smmuv3;

import dev.hitless.iommu.driver.support.update.EntryContent;

/**
 * Composes context descriptors of 64 bytes (IHI 0070 5.4): stage 1 by TTB0, nothing by TTB1.
 *
 * <pre>
 *       63   48  47  46 45 44 41  34 32 31  30   14 13  12 11  10 9    8 7   6 5    0
 *      +-------+----+--+--+--+----+-----+--+----+----+-----+-----+------+-----+------+
 *  w0  | ASID  |ASET|A |R |S |AA64| IPS |V |EPD1|EPD0| SH0 | OR0 | IR0  | TG0 | T0SZ |
 *      +-------+----+--+--+--+----+-----+--+----+----+-----+-----+------+-----+------+
 *       51                                                               4
 *      +------------------------------------------------------------------+
 *  w1  |                        TTB0 >> 4                                 |
 *      +------------------------------------------------------------------+
 *  w2  |                        TTB1: 0                                   |
 *      +---------------------------------+--------------------------------+
 *  w3  |             MAIR1               |             MAIR0              |  w4 to w7: 0
 *      +---------------------------------+--------------------------------+
 *  A: a fault aborts. R: it is recorded. S: it stalls; only where hardware insists.
 * </pre>
 */
final class ContextDescriptor {
    static final int WORDS = 8;
    static final int BYTES = 64;

    static final long T0SZ = 0x3F;
    static final long TG0 = 3L << 6;
    static final int IR0_SHIFT = 8;
    static final int OR0_SHIFT = 10;
    static final int SH0_SHIFT = 12;
    static final long WALK_ATTRIBUTES = 3L << IR0_SHIFT | 3L << OR0_SHIFT | 3L << SH0_SHIFT;
    static final long EPD0 = 1L << 14;
    static final long EPD1 = 1L << 30;
    static final long VALID = 1L << 31;
    static final int IPS_SHIFT = 32;
    static final long AA64 = 1L << 41;
    static final long STALL = 1L << 44;
    static final long RECORD = 1L << 45;
    static final long ABORT = 1L << 46;
    static final long ASET = 1L << 47;
    static final int ASID_SHIFT = 48;
    static final int ASID_BITS = 16;

    /** Attribute 0: normal memory, write-back. 1: Device-nGnRE. 2: normal memory, not cacheable. */
    static final long OWN_MAIR = 0x44_04_FFL;

    /**
     * As arm64 Linux sets up its CPUs: 0 and 1 normal write-back (1 tagged), 2 not cacheable, 3 and 4 Device-nGnRnE and
     * -nGnRE.
     */
    static final long CPU_MAIR = 0x04_00_44_F0_FFL;

    /** Nothing: not valid. */
    static final EntryContent NONE = EntryContent.zero(WORDS);

    private ContextDescriptor() {}

    /**
     * A table of VMSAv8-64 with the 4 KiB granule.
     *
     * @param inputBits width of input addresses: 64 - T0SZ, 25..48
     * @param root physical address of the table
     */
    static EntryContent of(HardwareCapabilities hardware, int asid, long root, int inputBits, long mair) {
        long attributes = hardware.coherent() ? 1L << IR0_SHIFT | 1L << OR0_SHIFT | 3L << SH0_SHIFT : 2L << SH0_SHIFT;
        long word0 = (64 - inputBits)
                | attributes
                | EPD1
                | VALID
                | (long) hardware.outputCode() << IPS_SHIFT
                | AA64
                | (hardware.stallIsForced() ? STALL : 0)
                | RECORD
                | ABORT
                | ASET
                | (long) asid << ASID_SHIFT;
        return EntryContent.of(word0, root, 0, mair, 0, 0, 0, 0);
    }

    /** {@code content} with its table gone: what is not in the TLB is aborted, and nobody is told. */
    static EntryContent released(EntryContent content) {
        long word0 = (content.word(0) & ~(T0SZ | TG0 | WALK_ATTRIBUTES | RECORD)) | EPD0;
        return content.withWord(0, word0).withWord(1, 0);
    }
}
