package dev.hitless.iommu.hardware.smmuv3;

/** An operand of commands: where it sits, and how much of it an implementation has. */
enum CommandField {
    OPCODE(0, 7, 0),
    GLOBAL(0, 9, 9),
    SSV(0, 11, 11),
    SSID(0, 31, 12),
    NUM(0, 16, 12),
    SCALE(0, 24, 20),
    VMID(0, 47, 32),
    ASID(0, 63, 48),
    SID(0, 63, 32),
    AC(0, 12, 12),
    AB(0, 13, 13),
    CS(0, 13, 12),
    MSH(0, 23, 22),
    MSI_ATTR(0, 27, 24),
    MSI_DATA(0, 63, 32),
    LEAF(1, 0, 0),
    PREFETCH_SIZE(1, 4, 0),
    RANGE(1, 4, 0),
    TTL(1, 9, 8),
    TG(1, 11, 10),
    ADDRESS(1, 63, 12),
    IPA(1, 51, 12),
    ATC_SIZE(1, 5, 0),
    PRG_INDEX(1, 8, 0),
    RESPONSE(1, 13, 12),
    STAG(1, 15, 0),
    MSI_ADDRESS(1, 51, 2);

    private final int word;
    private final int high;
    private final int low;

    CommandField(int word, int high, int low) {
        this.word = word;
        this.high = high;
        this.low = low;
    }

    /** Its value in a command; for fields of 32 bits at most. */
    int of(long dw0, long dw1) {
        return (int) (masked(dw0, dw1) >>> low);
    }

    /** Its bits, in place. */
    long masked(long dw0, long dw1) {
        return (word == 0 ? dw0 : dw1) & Bits.mask(high, low);
    }

    /** Whether people want it in place, low bits included. */
    boolean isAddress() {
        return this == ADDRESS || this == IPA || this == MSI_ADDRESS;
    }

    /** The bits of {@code word} that hold it on a machine with {@code features}; the rest of the field is reserved. */
    long maskIn(int word, Smmuv3Features features) {
        int width = width(features);
        return this.word == word && width > 0 ? Bits.mask(low + width - 1, low) : 0;
    }

    private int width(Smmuv3Features features) {
        return switch (this) {
            case SID -> features.streamIdBits();
            case SSID -> features.substreamIdBits();
            case VMID -> features.vmid16() ? 16 : 8;
            case ASID -> features.asid16() ? 16 : 8;
            case NUM, SCALE, TTL, TG -> features.rangeInvalidation() ? high - low + 1 : 0;
            case MSH, MSI_ATTR, MSI_DATA, MSI_ADDRESS -> features.msi() ? high - low + 1 : 0;
            default -> high - low + 1;
        };
    }
}
