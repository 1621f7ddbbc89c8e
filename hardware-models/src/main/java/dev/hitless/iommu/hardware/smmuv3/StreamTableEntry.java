package dev.hitless.iommu.hardware.smmuv3;

import org.jspecify.annotations.Nullable;

/**
 * Reads fields of a Stream Table Entry (IHI 0070 5.2), and says what makes one ILLEGAL.
 *
 * <pre>
 * dw0  63:59 S1CDMax | 51:6 S1ContextPtr | 5:4 S1Fmt | 3:1 Config | 0 V
 * dw1  45:44 SHCFG | 40:37 ALLOCCFG | 36 MTCFG | 35:32 MemAttr | 31:30 STRW | 29:28 EATS | 27 S1STALLD | 25 S2FWB
 *      7:6 S1CSH | 5:4 S1COR | 3:2 S1CIR | 1:0 S1DSS
 * dw2  58 S2R | 57 S2S | 56 S2HA | 55 S2HD | 54 S2PTW | 53 S2AFFD | 52 S2ENDI | 51 S2AA64 | 50:48 S2PS | 47:46 S2TG
 *      45:44 S2SH0 | 43:42 S2OR0 | 41:40 S2IR0 | 39:38 S2SL0 | 37:32 S2T0SZ | 15:0 S2VMID
 * dw3  51:4 S2TTB
 * </pre>
 *
 * Which words are looked at follows from what the specification lets hardware ignore: dw0 of an entry with V=0 or an
 * abort; also dw1 in bypass where attributes can be overridden; also dw2 where the regime is NS-EL1 (S2VMID tags
 * translations of stage 1 alone, too); dw3 with stage 2 only.
 */
final class StreamTableEntry {
    static final int CONFIG_BYPASS = 0b100;
    private static final int STAGE1_BIT = 0b001;
    private static final int STAGE2_BIT = 0b010;

    static final int S1DSS_BYPASS = 1;
    static final int S1DSS_SUBSTREAM_0 = 2;

    static final int EATS_OFF = 0;
    private static final int EATS_FULL = 1;

    private static final int STRW_EL2 = 2;
    private static final long POINTER_MASK = 0x00FF_FFFF_FFFF_FFC0L;
    private static final long S2TTB_MASK = 0x00FF_FFFF_FFFF_FFF0L;

    private StreamTableEntry() {}

    static boolean isValid(long dw0) {
        return (dw0 & 1) != 0;
    }

    static int config(long dw0) {
        return Bits.field(dw0, 1, 3);
    }

    /** Config is 0b0xx. */
    static boolean aborts(long dw0) {
        return (config(dw0) & CONFIG_BYPASS) == 0;
    }

    static boolean stage1(long dw0) {
        return !aborts(dw0) && (config(dw0) & STAGE1_BIT) != 0;
    }

    static boolean stage2(long dw0) {
        return !aborts(dw0) && (config(dw0) & STAGE2_BIT) != 0;
    }

    static int s1Fmt(long dw0) {
        return Bits.field(dw0, 4, 2);
    }

    static long s1ContextPtr(long dw0) {
        return dw0 & POINTER_MASK;
    }

    static int s1CdMax(long dw0) {
        return Bits.field(dw0, 59, 5);
    }

    static int s1Dss(long dw1) {
        return Bits.field(dw1, 0, 2);
    }

    static int s1Cir(long dw1) {
        return Bits.field(dw1, 2, 2);
    }

    static int s1Cor(long dw1) {
        return Bits.field(dw1, 4, 2);
    }

    static int s1Csh(long dw1) {
        return Bits.field(dw1, 6, 2);
    }

    static boolean s2Fwb(long dw1) {
        return Bits.isSet(dw1, 25);
    }

    static boolean s1StallDisabled(long dw1) {
        return Bits.isSet(dw1, 27);
    }

    static int eats(long dw1) {
        return Bits.field(dw1, 28, 2);
    }

    static int strw(long dw1) {
        return Bits.field(dw1, 30, 2);
    }

    static int s2Vmid(long dw2) {
        return Bits.field(dw2, 0, 16);
    }

    static int s2T0sz(long dw2) {
        return Bits.field(dw2, 32, 6);
    }

    static int s2Sl0(long dw2) {
        return Bits.field(dw2, 38, 2);
    }

    static int s2Ir0(long dw2) {
        return Bits.field(dw2, 40, 2);
    }

    static int s2Or0(long dw2) {
        return Bits.field(dw2, 42, 2);
    }

    static int s2Sh0(long dw2) {
        return Bits.field(dw2, 44, 2);
    }

    static int s2Ps(long dw2) {
        return Bits.field(dw2, 48, 3);
    }

    static boolean s2AccessFlagFaultsDisabled(long dw2) {
        return Bits.isSet(dw2, 53);
    }

    static boolean s2ProtectedTableWalk(long dw2) {
        return Bits.isSet(dw2, 54);
    }

    static boolean s2Stall(long dw2) {
        return Bits.isSet(dw2, 57);
    }

    static boolean s2Record(long dw2) {
        return Bits.isSet(dw2, 58);
    }

    static long s2Ttb(long dw3) {
        return dw3 & S2TTB_MASK;
    }

    /** Whether the translation regime is EL2; only where stage 2 is off, otherwise it is NS-EL1 whatever STRW says. */
    static boolean isEl2(long dw0, long dw1) {
        return !stage2(dw0) && strw(dw1) == STRW_EL2;
    }

    /** Number of CDs as a power of two. 0: one CD and no substreams. */
    static int effectiveS1CdMax(long dw0, Smmuv3Features features) {
        return features.substreamIdBits() == 0 ? 0 : s1CdMax(dw0);
    }

    /** Why dw0 of a valid entry is ILLEGAL, or null. */
    static @Nullable String illegalWord0(long dw0, Smmuv3Features features) {
        if (stage1(dw0)) {
            if (!features.stage1()) {
                return "STE.Config enables stage 1, which IDR0.S1P lacks";
            }
            if (s1Fmt(dw0) != 0 && !features.twoLevelContextTable()) {
                return "STE.S1Fmt names a two-level CD table, which IDR0.CD2L lacks";
            }
            if (effectiveS1CdMax(dw0, features) > features.substreamIdBits()) {
                return "STE.S1CDMax exceeds IDR1.SSIDSIZE";
            }
            if (!stage2(dw0) && !features.isOutputAddress(s1ContextPtr(dw0))) {
                return "STE.S1ContextPtr lies beyond the output address size";
            }
        }
        if (stage2(dw0) && !features.stage2()) {
            return "STE.Config enables stage 2, which IDR0.S2P lacks";
        }
        return null;
    }

    /** Why dw1 of an entry with a stage enabled is ILLEGAL, or null. */
    static @Nullable String illegalWord1(long dw0, long dw1, Smmuv3Features features) {
        if (features.ats() && eats(dw1) > EATS_FULL) {
            return "STE.EATS asks for split-stage ATS or DPT, which the SMMU lacks";
        }
        if (!stage1(dw0)) {
            return null;
        }
        if (s1StallDisabled(dw1) && features.stallModel() != StallModel.BOTH) {
            return "STE.S1STALLD is set where IDR0.STALL_MODEL is not 0";
        }
        if (stage2(dw0)) {
            return null;
        }
        if ((strw(dw1) & 1) != 0) {
            return "STE.STRW names a regime that is not non-secure";
        }
        return strw(dw1) == STRW_EL2 && !features.hypervisor() ? "STE.STRW is EL2, which IDR0.HYP lacks" : null;
    }

    /** Why S2VMID is ILLEGAL, or null. */
    static @Nullable String illegalVmid(long dw2, Smmuv3Features features) {
        return s2Vmid(dw2) > features.maxVmid() ? "STE.S2VMID has 16 bits, which IDR0.VMID16 lacks" : null;
    }

    /** Why dw1 to dw3 of an entry with stage 2 enabled are ILLEGAL, or null. */
    static @Nullable String illegalStage2(long dw1, long dw2, long dw3, Smmuv3Features features) {
        if (!Bits.isSet(dw2, 51)) {
            return "STE.S2AA64 is 0: AArch32 tables, which IDR0.TTF lacks";
        }
        if (Bits.isSet(dw2, 52)) {
            return "STE.S2ENDI is big endian, which IDR0.TTENDIAN lacks";
        }
        if (Bits.field(dw2, 46, 2) != 0) {
            return "STE.S2TG is not 4 KiB, the only granule of IDR5";
        }
        if (Bits.field(dw2, 55, 2) != 0) {
            return "STE.S2HA or S2HD is set, which IDR0.HTTU lacks";
        }
        if ((s2Stall(dw2) && features.stallModel() == StallModel.TERMINATE)
                || (!s2Stall(dw2) && features.stallModel() == StallModel.FORCED)) {
            return "STE.S2S contradicts IDR0.STALL_MODEL";
        }
        if (s2Stall(dw2) && features.ats() && eats(dw1) == EATS_FULL) {
            return "STE.EATS and S2S are both set";
        }
        if (s2Fwb(dw1) && !features.forceWriteBack()) {
            return "STE.S2FWB is set, which IDR3.FWB lacks";
        }
        if (!Stage2.isConsistent(s2T0sz(dw2), s2Sl0(dw2), features.outputBits())) {
            return "STE.S2SL0 and S2T0SZ contradict each other or the address size";
        }
        return features.isOutputAddress(s2Ttb(dw3)) ? null : "STE.S2TTB lies beyond the output address size";
    }
}
