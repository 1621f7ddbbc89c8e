package dev.hitless.iommu.hardware.smmuv3;

/**
 * The read-only registers IDR0 to IDR5, IIDR and AIDR (IHI 0070 6.3.1 to 6.3.8).
 *
 * <pre>
 * IDR0  ST_LEVEL 28:27  TERM_MODEL 26  STALL_MODEL 25:24  TTENDIAN 22:21  CD2L 19  VMID16 18  PRI 16  SEV 14  MSI 13
 *       ASID16 12  NS1ATS 11  ATS 10  HYP 9  HTTU 7:6  COHACC 4  TTF 3:2  S1P 1  S2P 0
 * IDR1  ATTR_TYPES_OVR 27  CMDQS 25:21  EVENTQS 20:16  PRIQS 15:11  SSIDSIZE 10:6  SIDSIZE 5:0
 * IDR3  BBML 12:11  RIL 10  FWB 8  HAD 2
 * IDR5  STALL_MAX 31:16  GRAN64K 6  GRAN16K 5  GRAN4K 4  OAS 2:0
 * </pre>
 *
 * Fixed: AArch64 tables, little endian, 4 KiB granule, TERM_MODEL=1 (CD.A must be 1), no hardware update of access and
 * dirty flags, no split-stage ATS.
 */
final class IdentificationRegisters {
    private static final int TTF_AARCH64 = 2 << 2;
    private static final int NS1ATS = 1 << 11;
    private static final int TTENDIAN_LITTLE = 2 << 21;
    private static final int TERM_MODEL_ABORT_ONLY = 1 << 26;
    private static final int HAD = 1 << 2;
    private static final int GRAN4K = 1 << 4;
    private static final int STALL_MAX_16 = 16 << 16;

    /** AIDR: SMMUv3.3. */
    static final int ARCHITECTURE_REVISION = 3;

    private IdentificationRegisters() {}

    static int idr0(Smmuv3Features features) {
        return bit(0, features.stage2())
                | bit(1, features.stage1())
                | TTF_AARCH64
                | bit(4, features.coherent())
                | bit(9, features.hypervisor())
                | bit(10, features.ats())
                | NS1ATS
                | bit(12, features.asid16())
                | bit(13, features.msi())
                | bit(16, features.pri())
                | bit(18, features.vmid16())
                | bit(19, features.twoLevelContextTable())
                | TTENDIAN_LITTLE
                | features.stallModel().encoding() << 24
                | TERM_MODEL_ABORT_ONLY
                | bit(27, features.twoLevelStreamTable());
    }

    static int idr1(Smmuv3Features features) {
        return features.streamIdBits()
                | features.substreamIdBits() << 6
                | (features.pri() ? Smmuv3Features.RECORD_QUEUE_BITS << 11 : 0)
                | Smmuv3Features.RECORD_QUEUE_BITS << 16
                | features.commandQueueBits() << 21
                | bit(27, features.attributeOverride());
    }

    static int idr3(Smmuv3Features features) {
        return HAD
                | bit(8, features.forceWriteBack())
                | bit(10, features.rangeInvalidation())
                | features.breakBeforeMakeLevel() << 11;
    }

    static int idr5(Smmuv3Features features) {
        return AddressSize.encode(features.outputBits())
                | GRAN4K
                | (features.stallModel() == StallModel.TERMINATE ? 0 : STALL_MAX_16);
    }

    private static int bit(int position, boolean value) {
        return value ? 1 << position : 0;
    }
}
