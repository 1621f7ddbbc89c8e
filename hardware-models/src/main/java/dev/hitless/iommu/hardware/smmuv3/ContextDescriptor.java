package dev.hitless.iommu.hardware.smmuv3;

import org.jspecify.annotations.Nullable;

/**
 * Reads fields of a Context Descriptor (IHI 0070 5.4), and says what makes one ILLEGAL (5.4.2).
 *
 * <pre>
 * dw0  63:48 ASID | 47 ASET | 46 A | 45 R | 44 S | 43 HD | 42 HA | 41 AA64 | 39 TBI1 | 38 TBI0 | 36 WXN | 35 AFFD
 *      34:32 IPS | 31 V | 30 EPD1 | 29:28 SH1 | 27:26 OR1 | 25:24 IR1 | 23:22 TG1 | 21:16 T1SZ
 *      15 ENDI | 14 EPD0 | 13:12 SH0 | 11:10 OR0 | 9:8 IR0 | 7:6 TG0 | 5:0 T0SZ
 * dw1  51:4 TTB0 | 3 HAFT | 1 HAD0
 * dw2  51:4 TTB1 | 1 HAD1
 * dw3  63:0 MAIR1, MAIR0
 * </pre>
 *
 * dw1 is ignored with EPD0=1, dw2 with EPD1=1, and so are the fields of that half in dw0; dw3 matters where a half is
 * enabled. dw4 to dw7 (AMAIR, MPAM, permission indirection) are ignored: the SMMU has none of it.
 */
final class ContextDescriptor {
    static final int SMALLEST_TXSZ = 16;
    static final int LARGEST_TXSZ = 39;

    private static final int GRANULE_4K_TG0 = 0;
    private static final int GRANULE_4K_TG1 = 2;
    private static final int UPPER_HALF_SHIFT = 16;
    private static final long TTB_MASK = 0x00FF_FFFF_FFFF_FFF0L;

    private ContextDescriptor() {}

    static boolean isValid(long dw0) {
        return Bits.isSet(dw0, 31);
    }

    /** Fields of the lower half (TTB0) or the upper one (TTB1) sit 16 bits apart. */
    private static int half(boolean upper) {
        return upper ? UPPER_HALF_SHIFT : 0;
    }

    static int txSz(long dw0, boolean upper) {
        return Bits.field(dw0, half(upper), 6);
    }

    static int ir(long dw0, boolean upper) {
        return Bits.field(dw0, 8 + half(upper), 2);
    }

    static int or(long dw0, boolean upper) {
        return Bits.field(dw0, 10 + half(upper), 2);
    }

    static int sh(long dw0, boolean upper) {
        return Bits.field(dw0, 12 + half(upper), 2);
    }

    /** EPD0 or EPD1: no walk through this half's table. EPD0 of EL2 without E2H is 0 in effect, EPD1 is 1. */
    static boolean walkDisabled(long dw0, boolean upper, boolean plainEl2) {
        return plainEl2 ? upper : Bits.isSet(dw0, upper ? 30 : 14);
    }

    static boolean topByteIgnored(long dw0, boolean upper) {
        return Bits.isSet(dw0, upper ? 39 : 38);
    }

    static int ips(long dw0) {
        return Bits.field(dw0, 32, 3);
    }

    static boolean accessFlagFaultsDisabled(long dw0) {
        return Bits.isSet(dw0, 35);
    }

    static boolean writableIsNeverExecutable(long dw0) {
        return Bits.isSet(dw0, 36);
    }

    static boolean stall(long dw0) {
        return Bits.isSet(dw0, 44);
    }

    static boolean record(long dw0) {
        return Bits.isSet(dw0, 45);
    }

    static int asid(long dw0) {
        return Bits.field(dw0, 48, 16);
    }

    static long ttb(long dw) {
        return dw & TTB_MASK;
    }

    static boolean hierarchicalAttributesDisabled(long ttbWord) {
        return Bits.isSet(ttbWord, 1);
    }

    /** Why dw0 of a valid descriptor is ILLEGAL, or null. {@code ste1} is dw1 of the STE that led here. */
    static @Nullable String illegalWord0(long dw0, long ste1, boolean plainEl2, Smmuv3Features features) {
        if (!Bits.isSet(dw0, 41)) {
            return "CD.AA64 is 0: AArch32 tables, which IDR0.TTF lacks";
        }
        if (Bits.isSet(dw0, 15)) {
            return "CD.ENDI is big endian, which IDR0.TTENDIAN lacks";
        }
        if (Bits.field(dw0, 42, 2) != 0) {
            return "CD.HA or HD is set, which IDR0.HTTU lacks";
        }
        if (!Bits.isSet(dw0, 46)) {
            return "CD.A is 0, which IDR0.TERM_MODEL forbids";
        }
        String stallFault = illegalStall(dw0, ste1, features);
        if (stallFault != null) {
            return stallFault;
        }
        if (asid(dw0) > features.maxAsid()) {
            return "CD.ASID has 16 bits, which IDR0.ASID16 lacks";
        }
        if (!walkDisabled(dw0, false, plainEl2) && !isHalfLegal(dw0, false)) {
            return "CD.T0SZ or TG0 is out of range";
        }
        return !walkDisabled(dw0, true, plainEl2) && !isHalfLegal(dw0, true) ? "CD.T1SZ or TG1 is out of range" : null;
    }

    private static @Nullable String illegalStall(long dw0, long ste1, Smmuv3Features features) {
        if (stall(dw0) && StreamTableEntry.s1StallDisabled(ste1)) {
            return "CD.S is set where STE.S1STALLD forbids it";
        }
        if ((stall(dw0) && features.stallModel() == StallModel.TERMINATE)
                || (!stall(dw0) && features.stallModel() == StallModel.FORCED)) {
            return "CD.S contradicts IDR0.STALL_MODEL";
        }
        return null;
    }

    private static boolean isHalfLegal(long dw0, boolean upper) {
        int txSz = txSz(dw0, upper);
        int granule = Bits.field(dw0, 6 + half(upper), 2);
        return txSz >= SMALLEST_TXSZ && txSz <= LARGEST_TXSZ && granule == (upper ? GRANULE_4K_TG1 : GRANULE_4K_TG0);
    }

    /** Why dw1 is ILLEGAL where the lower half is enabled, or null. */
    static @Nullable String illegalWord1(long dw1, int outputBits) {
        return Bits.isSet(dw1, 3) ? "CD.HAFT is set without HA" : illegalTableBase(dw1, outputBits);
    }

    /** Why dw2 is ILLEGAL where the upper half is enabled, or null. */
    static @Nullable String illegalWord2(long dw2, int outputBits) {
        return illegalTableBase(dw2, outputBits);
    }

    private static @Nullable String illegalTableBase(long ttbWord, int outputBits) {
        return ttb(ttbWord) >>> outputBits == 0 ? null : "CD.TTB lies beyond the intermediate or output address size";
    }
}
