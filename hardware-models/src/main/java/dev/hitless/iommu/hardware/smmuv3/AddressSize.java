package dev.hitless.iommu.hardware.smmuv3;

/** Address sizes as IDR5.OAS, CD.IPS and STE.S2PS encode them. */
final class AddressSize {
    private AddressSize() {}

    /** Bits for the three-bit field {@code encoding}; the reserved value 7 acts as 6. */
    static int bits(int encoding) {
        return switch (encoding) {
            case 0 -> 32;
            case 1 -> 36;
            case 2 -> 40;
            case 3 -> 42;
            case 4 -> 44;
            case 5 -> 48;
            default -> 52;
        };
    }

    /** The field for a width that has one. */
    static int encode(int bits) {
        for (int encoding = 0; encoding <= 6; encoding++) {
            if (bits(encoding) == bits) {
                return encoding;
            }
        }
        throw new IllegalArgumentException("addresses of " + bits + " bits have no encoding in IDR5.OAS");
    }
}
