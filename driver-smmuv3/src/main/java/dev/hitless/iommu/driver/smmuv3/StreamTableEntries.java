package dev.hitless.iommu.driver.smmuv3;

import static dev.hitless.iommu.driver.smmuv3.StreamTableEntry.CONFIG_BOTH;
import static dev.hitless.iommu.driver.smmuv3.StreamTableEntry.CONFIG_BYPASS;
import static dev.hitless.iommu.driver.smmuv3.StreamTableEntry.CONFIG_STAGE_1;
import static dev.hitless.iommu.driver.smmuv3.StreamTableEntry.CONFIG_STAGE_2;
import static dev.hitless.iommu.driver.smmuv3.StreamTableEntry.EATS_FULL;
import static dev.hitless.iommu.driver.smmuv3.StreamTableEntry.S1CDMAX;
import static dev.hitless.iommu.driver.smmuv3.StreamTableEntry.S1CDMAX_SHIFT;
import static dev.hitless.iommu.driver.smmuv3.StreamTableEntry.S1CIR_SHIFT;
import static dev.hitless.iommu.driver.smmuv3.StreamTableEntry.S1COR_SHIFT;
import static dev.hitless.iommu.driver.smmuv3.StreamTableEntry.S1CSH_SHIFT;
import static dev.hitless.iommu.driver.smmuv3.StreamTableEntry.S1DSS;
import static dev.hitless.iommu.driver.smmuv3.StreamTableEntry.S1DSS_BYPASS;
import static dev.hitless.iommu.driver.smmuv3.StreamTableEntry.S1FMT_SHIFT;
import static dev.hitless.iommu.driver.smmuv3.StreamTableEntry.S1STALLD;
import static dev.hitless.iommu.driver.smmuv3.StreamTableEntry.S2AA64;
import static dev.hitless.iommu.driver.smmuv3.StreamTableEntry.S2IR0_SHIFT;
import static dev.hitless.iommu.driver.smmuv3.StreamTableEntry.S2OR0_SHIFT;
import static dev.hitless.iommu.driver.smmuv3.StreamTableEntry.S2PS_SHIFT;
import static dev.hitless.iommu.driver.smmuv3.StreamTableEntry.S2PTW;
import static dev.hitless.iommu.driver.smmuv3.StreamTableEntry.S2R;
import static dev.hitless.iommu.driver.smmuv3.StreamTableEntry.S2S;
import static dev.hitless.iommu.driver.smmuv3.StreamTableEntry.S2SH0_SHIFT;
import static dev.hitless.iommu.driver.smmuv3.StreamTableEntry.S2SL0_SHIFT;
import static dev.hitless.iommu.driver.smmuv3.StreamTableEntry.S2T0SZ_SHIFT;
import static dev.hitless.iommu.driver.smmuv3.StreamTableEntry.SHCFG_INCOMING;
import static dev.hitless.iommu.driver.smmuv3.StreamTableEntry.VALID;

import dev.hitless.iommu.driver.support.update.EntryContent;

/**
 * Composes stream table entries for the hardware that was found.
 *
 * <p>S1STALLD goes with devices that cannot wait for software: all PCI Express ones. It is illegal where stalling is not a
 * choice. S2S must say so where stalling is forced.
 */
final class StreamTableEntries {
    private final HardwareCapabilities hardware;

    StreamTableEntries(HardwareCapabilities hardware) {
        this.hardware = hardware;
    }

    /** Aborts everything, silently. */
    EntryContent abort() {
        return entry(VALID, 0, 0, 0);
    }

    /** Lets everything through untranslated. */
    EntryContent bypass() {
        return entry(VALID | CONFIG_BYPASS, hardware.attributeOverride() ? SHCFG_INCOMING : 0, 0, 0);
    }

    /**
     * Stage 1 by context descriptors.
     *
     * @param dss what happens to requests without substream: one of S1DSS_*; none if the table has only one descriptor
     */
    EntryContent contextTable(ContextTable table, long dss, boolean ats) {
        boolean choice = table.substreamBits() > 0;
        long word0 = VALID
                | CONFIG_STAGE_1
                | (long) table.formatCode() << S1FMT_SHIFT
                | table.address()
                | (long) table.substreamBits() << S1CDMAX_SHIFT;
        long word1 = (choice ? dss : 0) | tableAttributes() | stallDisabled() | ats(ats);
        if (choice && dss == S1DSS_BYPASS) {
            word1 |= SHCFG_INCOMING;
        }
        return entry(word0, word1, 0, 0);
    }

    /** Stage 2 only. */
    EntryContent stage2(StageTwoTable table, boolean ats) {
        return entry(VALID | CONFIG_STAGE_2, SHCFG_INCOMING | ats(ats), stage2Walk(table), table.root());
    }

    /** A guest's stage 1 on stage 2. */
    EntryContent nested(GuestContextTable guest, StageTwoTable table, boolean ats) {
        boolean choice = (guest.word0() & S1CDMAX) != 0;
        long guestWord1 = choice ? guest.word1() : guest.word1() & ~S1DSS;
        long word1 = guestWord1 | stallDisabled() | SHCFG_INCOMING | ats(ats);
        return entry(guest.word0() | VALID | CONFIG_BOTH, word1, stage2Walk(table), table.root());
    }

    private static long ats(boolean ats) {
        return ats ? EATS_FULL : 0;
    }

    private long stage2Walk(StageTwoTable table) {
        long attributes =
                hardware.coherent() ? 1L << S2IR0_SHIFT | 1L << S2OR0_SHIFT | 3L << S2SH0_SHIFT : 2L << S2SH0_SHIFT;
        return (long) table.vmid()
                | (long) (64 - table.inputBits()) << S2T0SZ_SHIFT
                | (long) table.startCode() << S2SL0_SHIFT
                | attributes
                | (long) hardware.outputCode() << S2PS_SHIFT
                | S2AA64
                | S2PTW
                | S2R
                | (hardware.stallIsForced() ? S2S : 0);
    }

    /** Write-back, read- and write-allocate, inner shareable; not cacheable if fetches do not snoop anyway. */
    private long tableAttributes() {
        return hardware.coherent() ? 1L << S1CIR_SHIFT | 1L << S1COR_SHIFT | 3L << S1CSH_SHIFT : 2L << S1CSH_SHIFT;
    }

    private long stallDisabled() {
        return hardware.stallIsOptional() ? S1STALLD : 0;
    }

    private static EntryContent entry(long word0, long word1, long word2, long word3) {
        return EntryContent.of(word0, word1, word2, word3, 0, 0, 0, 0);
    }
}
