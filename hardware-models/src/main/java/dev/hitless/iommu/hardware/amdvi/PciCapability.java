package dev.hitless.iommu.hardware.amdvi;

/**
 * The IOMMU's PCI capability (id 0x0f, type 3), readable above the MMIO window.
 *
 * <pre>
 * +00 header  31:29 0 | 28 CapExt | 27 EFRSup | 26 NpCache | 25 HtTunnel | 24 IotlbSup | 23:16 revision, type | 15:8 next | 7:0 id
 * +04 base    31:14 address | 0 Enable
 * +08 base    31:0 address[63:32]
 * +0c range   31:24 last | 23:16 first | 15:8 bus | 7 RngValid
 * +10 misc    21:15 VAsize | 14:8 PAsize | 7:5 GVAsize (2: 48 bits, 3: 57 bits) | 4:0 MSI number
 * </pre>
 */
final class PciCapability {
    /** Register offset of the header. */
    static final long OFFSET = 0x10000;

    private static final long LENGTH = 0x14;
    private static final int MMIO_BASE = 0xFED8_0000;

    private final AmdviFeatures features;

    PciCapability(AmdviFeatures features) {
        this.features = features;
    }

    static boolean contains(long offset) {
        return offset >= OFFSET && offset < OFFSET + LENGTH;
    }

    /** The 64 bits at register offset {@code offset}, a multiple of 8. */
    long read64(long offset) {
        return (dword(offset - OFFSET) & 0xFFFF_FFFFL) | (long) dword(offset - OFFSET + 4) << 32;
    }

    private int dword(long offset) {
        return switch ((int) offset) {
            case 0x00 ->
                0x0003_000F
                        | 1 << 28
                        | 1 << 27
                        | (features.nonPresentCache() ? 1 << 26 : 0)
                        | (features.ats() ? 1 << 24 : 0);
            case 0x04 -> MMIO_BASE | 1;
            case 0x10 -> 64 << 15 | AmdviFeatures.PHYSICAL_BITS << 8 | (features.guestLevels() == 5 ? 3 : 2) << 5;
            default -> 0;
        };
    }
}
