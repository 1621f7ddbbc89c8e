package dev.hitless.iommu.hardware.smmuv3;

import dev.hitless.iommu.hardware.CommandPace;
import dev.hitless.iommu.hardware.HardwareConfiguration;

/**
 * What one SMMU can do: the choice that a {@link HardwareConfiguration} makes, as the walker and the decoder need it.
 *
 * @param stage1 IDR0.S1P
 * @param stage2 IDR0.S2P
 * @param coherent IDR0.COHACC
 * @param streamIdBits IDR1.SIDSIZE
 * @param substreamIdBits IDR1.SSIDSIZE; 0: no substreams
 * @param twoLevelStreamTable IDR0.ST_LEVEL
 * @param twoLevelContextTable IDR0.CD2L
 * @param asid16 IDR0.ASID16
 * @param vmid16 IDR0.VMID16
 * @param hypervisor IDR0.HYP: the EL2 translation regimes
 * @param ats IDR0.ATS
 * @param pri IDR0.PRI
 * @param msi IDR0.MSI
 * @param stallModel IDR0.STALL_MODEL
 * @param rangeInvalidation IDR3.RIL
 * @param breakBeforeMakeLevel IDR3.BBML
 * @param forceWriteBack IDR3.FWB
 * @param attributeOverride IDR1.ATTR_TYPES_OVR
 * @param outputBits IDR5.OAS in bits
 * @param fetchWords words of an STE or CD that are read at once
 * @param commandQueueBits IDR1.CMDQS
 */
record Smmuv3Features(
        boolean stage1,
        boolean stage2,
        boolean coherent,
        int streamIdBits,
        int substreamIdBits,
        boolean twoLevelStreamTable,
        boolean twoLevelContextTable,
        boolean asid16,
        boolean vmid16,
        boolean hypervisor,
        boolean ats,
        boolean pri,
        boolean msi,
        StallModel stallModel,
        boolean rangeInvalidation,
        int breakBeforeMakeLevel,
        boolean forceWriteBack,
        boolean attributeOverride,
        int outputBits,
        int fetchWords,
        int commandQueueBits) {

    /** Event and PRI queues: 2^7 records at most. */
    static final int RECORD_QUEUE_BITS = 7;

    private static final int LINEAR_STREAM_ID_BITS = 8;
    private static final int SHORTEST_COMMAND_QUEUE_BITS = 3;

    /**
     * Reads {@code configuration}.
     *
     * @throws IllegalArgumentException if it has neither stage
     */
    static Smmuv3Features of(HardwareConfiguration configuration) {
        boolean stage1 = configuration.flag(Smmuv3Options.STAGE1);
        boolean stage2 = configuration.flag(Smmuv3Options.STAGE2);
        if (!stage1 && !stage2) {
            throw new IllegalArgumentException("hardware options stage1=no and stage2=no exclude each other: an SMMU"
                    + " translates in at least one stage; leave one of them at yes");
        }
        boolean substreams = stage1 && configuration.flag(Smmuv3Options.SUBSTREAMS);
        boolean twoLevelStreams = configuration.flag(Smmuv3Options.TWO_LEVEL_STREAM_TABLE);
        int streamIdBits = configuration.number(Smmuv3Options.STREAM_ID_BITS);
        boolean ats = configuration.flag(Smmuv3Options.ATS);
        return new Smmuv3Features(
                stage1,
                stage2,
                configuration.flag(Smmuv3Options.COHERENT),
                twoLevelStreams ? streamIdBits : Math.min(streamIdBits, LINEAR_STREAM_ID_BITS),
                substreams ? configuration.number(Smmuv3Options.SUBSTREAM_ID_BITS) : 0,
                twoLevelStreams,
                substreams && configuration.flag(Smmuv3Options.TWO_LEVEL_CD),
                configuration.flag(Smmuv3Options.ASID16),
                configuration.flag(Smmuv3Options.VMID16),
                configuration.flag(Smmuv3Options.HYPERVISOR),
                ats,
                ats && configuration.flag(Smmuv3Options.PRI),
                configuration.flag(Smmuv3Options.MSI),
                stallModel(configuration.value(Smmuv3Options.STALL_MODEL)),
                configuration.flag(Smmuv3Options.RANGE_INVALIDATION),
                configuration.number(Smmuv3Options.BREAK_BEFORE_MAKE_LEVEL),
                stage2 && configuration.flag(Smmuv3Options.FORCE_WRITE_BACK),
                configuration.flag(Smmuv3Options.ATTRIBUTE_OVERRIDE),
                configuration.number(Smmuv3Options.OUTPUT_BITS),
                configuration.number(Smmuv3Options.FETCH_BITS) / 64,
                CommandPace.of(configuration) == CommandPace.AS_POLLED
                        ? SHORTEST_COMMAND_QUEUE_BITS
                        : configuration.number(Smmuv3Options.COMMAND_QUEUE_BITS));
    }

    private static StallModel stallModel(String value) {
        return switch (value) {
            case "both" -> StallModel.BOTH;
            case "terminate" -> StallModel.TERMINATE;
            case "forced" -> StallModel.FORCED;
            default ->
                throw new IllegalArgumentException("stall model " + value + " has no encoding in IDR0.STALL_MODEL");
        };
    }

    /** Whether {@code address} has no bits beyond the output address size. */
    boolean isOutputAddress(long address) {
        return address >>> outputBits == 0;
    }

    /** Highest ASID. */
    int maxAsid() {
        return asid16 ? 0xFFFF : 0xFF;
    }

    /** Highest VMID. */
    int maxVmid() {
        return vmid16 ? 0xFFFF : 0xFF;
    }
}
