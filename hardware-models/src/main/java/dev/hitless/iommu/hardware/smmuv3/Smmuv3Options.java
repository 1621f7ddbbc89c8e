package dev.hitless.iommu.hardware.smmuv3;

import dev.hitless.iommu.hardware.CommandPace;
import dev.hitless.iommu.hardware.HardwareOption;
import dev.hitless.iommu.hardware.HardwareOption.Use;
import java.util.List;

/** What can be varied about an SMMU. The order of fetches is ANY already (IHI 0070 3.21.3): no stricter variant exists. */
final class Smmuv3Options {
    static final String STAGE1 = "stage1";
    static final String STAGE2 = "stage2";
    static final String SUBSTREAMS = "substreams";
    static final String PRI = "pri";
    static final String COHERENT = "coherent";
    static final String FETCH_BITS = "fetch-bits";
    static final String TWO_LEVEL_CD = "two-level-cd";
    static final String TWO_LEVEL_STREAM_TABLE = "two-level-stream-table";
    static final String STREAM_ID_BITS = "stream-id-bits";
    static final String SUBSTREAM_ID_BITS = "substream-id-bits";
    static final String ASID16 = "asid16";
    static final String VMID16 = "vmid16";
    static final String HYPERVISOR = "hyp";
    static final String ATS = "ats";
    static final String MSI = "msi";
    static final String STALL_MODEL = "stall-model";
    static final String RANGE_INVALIDATION = "range-invalidation";
    static final String BREAK_BEFORE_MAKE_LEVEL = "break-before-make-level";
    static final String FORCE_WRITE_BACK = "force-write-back";
    static final String ATTRIBUTE_OVERRIDE = "attribute-override";
    static final String OUTPUT_BITS = "output-bits";
    static final String COMMAND_QUEUE_BITS = "command-queue-bits";

    /** Every option; the first value of each is the default. */
    static final List<HardwareOption> ALL = List.of(
            capability(STAGE1, "stage-1 translation (IDR0.S1P)"),
            capability(STAGE2, "stage-2 translation (IDR0.S2P)"),
            capability(SUBSTREAMS, "SubstreamIDs (IDR1.SSIDSIZE is not 0)"),
            capability(PRI, "page requests (IDR0.PRI); without ATS there are none either"),
            variant(COHERENT, true, "table walks and structure fetches snoop CPU caches (IDR0.COHACC)"),
            variant(FETCH_BITS, List.of("64", "128"), "largest piece of an STE or CD read at once (IHI 0070 3.21.3)"),
            variant(TWO_LEVEL_CD, true, "two-level tables of context descriptors (IDR0.CD2L)"),
            variant(
                    TWO_LEVEL_STREAM_TABLE,
                    true,
                    "two-level stream tables (IDR0.ST_LEVEL); without them there are at most 8 bits of StreamID"),
            variant(STREAM_ID_BITS, List.of("16", "32"), "width of StreamIDs (IDR1.SIDSIZE)"),
            variant(SUBSTREAM_ID_BITS, List.of("20", "8"), "width of SubstreamIDs (IDR1.SSIDSIZE)"),
            variant(ASID16, true, "ASIDs have 16 bits (IDR0.ASID16), else 8"),
            variant(VMID16, true, "VMIDs have 16 bits (IDR0.VMID16), else 8"),
            variant(HYPERVISOR, true, "EL2 translation regimes (IDR0.HYP)"),
            variant(ATS, true, "PCI Express ATS (IDR0.ATS)"),
            variant(MSI, true, "message-signalled interrupts, CMD_SYNC completion among them (IDR0.MSI)"),
            variant(
                    STALL_MODEL,
                    List.of("both", "terminate", "forced"),
                    "whether faulting transactions can stall (IDR0.STALL_MODEL)"),
            variant(RANGE_INVALIDATION, true, "TLBI by range and level hint (IDR3.RIL)"),
            variant(
                    BREAK_BEFORE_MAKE_LEVEL,
                    List.of("0", "2"),
                    "2: cached translations of different block sizes are no conflict (IDR3.BBML)"),
            variant(FORCE_WRITE_BACK, false, "stage 2 can force write-back (IDR3.FWB)"),
            variant(ATTRIBUTE_OVERRIDE, true, "STE.SHCFG and MTCFG override incoming attributes (IDR1.ATTR_TYPES_OVR)"),
            variant(OUTPUT_BITS, List.of("48", "44", "40"), "width of physical addresses (IDR5.OAS)"),
            variant(COMMAND_QUEUE_BITS, List.of("8", "3"), "log2 of the longest command queue (IDR1.CMDQS)"),
            CommandPace.option());

    private Smmuv3Options() {}

    private static HardwareOption capability(String name, String meaning) {
        return HardwareOption.flag(name, true, Use.CAPABILITY, meaning);
    }

    private static HardwareOption variant(String name, boolean fallback, String meaning) {
        return HardwareOption.flag(name, fallback, Use.VARIANT, meaning);
    }

    private static HardwareOption variant(String name, List<String> values, String meaning) {
        return new HardwareOption(name, values, Use.VARIANT, meaning);
    }
}
