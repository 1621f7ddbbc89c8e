package dev.hitless.iommu.driver.smmuv3;

/**
 * Fields of a stream table entry of 64 bytes (IHI 0070 5.2), as masks and shifts within their words.
 *
 * <pre>
 *        63     59 58      52 51                              6 5     4 3      1  0
 *       +---------+----------+---------------------------------+-------+--------+---+
 *  w0   | S1CDMax |   rsvd   |      S1ContextPtr >> 6          | S1Fmt | Config | V |
 *       +---------+----------+---------------------------------+-------+--------+---+
 *        45  44   31  30  29   28    27     25   19  7     6 5     4 3     2 1     0
 *       +-------+--------+-------+--------+-----+---+-------+-------+-------+-------+
 *  w1   | SHCFG |  STRW  | EATS  |S1STALLD|S2FWB|MEV| S1CSH | S1COR | S1CIR | S1DSS |
 *       +-------+--------+-------+--------+-----+---+-------+-------+-------+-------+
 *         58  57  54   52   51   50 48 47 46 45 44 43 42 41 40 39 38 37   32 15     0
 *       +---+---+-----+----+----+----+-----+-----+-----+-----+-----+-------+--------+
 *  w2   |S2R|S2S|S2PTW|ENDI|AA64| PS | TG  | SH0 | OR0 | IR0 | SL0 | T0SZ  | S2VMID |
 *       +---+---+-----+----+----+----+-----+-----+-----+-----+-----+-------+--------+
 *        51                                                                4
 *       +-------------------------------------------------------------------+
 *  w3   |                           S2TTB >> 4                              |  w4 to w7: 0
 *       +-------------------------------------------------------------------+
 *  Config: 0 abort, 4 bypass, 5 stage 1, 6 stage 2, 7 both.
 * </pre>
 */
final class StreamTableEntry {
    static final int WORDS = 8;
    static final int BYTES = 64;

    static final long VALID = 1;
    static final long CONFIG = 7L << 1;
    static final long CONFIG_BYPASS = 4L << 1;
    static final long CONFIG_STAGE_1 = 5L << 1;
    static final long CONFIG_STAGE_2 = 6L << 1;
    static final long CONFIG_BOTH = 7L << 1;
    static final long STAGE_1_ON = 1L << 1;
    static final long STAGE_2_ON = 1L << 2;
    static final int S1FMT_SHIFT = 4;
    static final long S1FMT = 3L << S1FMT_SHIFT;
    static final long S1CONTEXTPTR = 0x000F_FFFF_FFFF_FFC0L;
    static final int S1CDMAX_SHIFT = 59;
    static final long S1CDMAX = 31L << S1CDMAX_SHIFT;

    static final long S1DSS = 3;
    static final long S1DSS_TERMINATE = 0;
    static final long S1DSS_BYPASS = 1;
    static final long S1DSS_CD_0 = 2;
    static final int S1CIR_SHIFT = 2;
    static final int S1COR_SHIFT = 4;
    static final int S1CSH_SHIFT = 6;
    static final long S1_ATTRIBUTES = 3L << S1CIR_SHIFT | 3L << S1COR_SHIFT | 3L << S1CSH_SHIFT;
    static final long MEV = 1L << 19;
    static final long S2FWB = 1L << 25;
    static final long S1STALLD = 1L << 27;
    static final long EATS_FULL = 1L << 28;
    static final long EATS_HIGH = 1L << 29;
    static final long EATS = EATS_FULL | EATS_HIGH;
    static final long STRW = 3L << 30;
    static final long SHCFG = 3L << 44;
    static final long SHCFG_INCOMING = 1L << 44;

    static final int S2VMID_BITS = 16;
    static final long S2VMID = 0xFFFF;
    static final int S2T0SZ_SHIFT = 32;
    static final int S2SL0_SHIFT = 38;
    static final int S2IR0_SHIFT = 40;
    static final int S2OR0_SHIFT = 42;
    static final int S2SH0_SHIFT = 44;
    static final int S2PS_SHIFT = 48;
    /** S2T0SZ to S2PS. */
    static final long S2_WALK = 0x0007_FFFF_0000_0000L;

    static final long S2AA64 = 1L << 51;
    static final long S2ENDI = 1L << 52;
    static final long S2PTW = 1L << 54;
    static final long S2S = 1L << 57;
    static final long S2R = 1L << 58;

    static final long S2TTB = 0x000F_FFFF_FFFF_FFF0L;

    private StreamTableEntry() {}
}
