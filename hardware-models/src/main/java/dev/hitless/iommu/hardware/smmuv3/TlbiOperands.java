package dev.hitless.iommu.hardware.smmuv3;

import org.jspecify.annotations.Nullable;

/**
 * The operands of TLBI commands that name addresses (IHI 0070 4.4.1). TG=0: one address. TG=1: (NUM+1) * 2^SCALE pages of
 * 4 KiB, and TTL may hint the level of the leaves; with all of these 0 the command is reserved.
 */
final class TlbiOperands {
    private static final int GRANULE_NONE = 0;
    private static final int GRANULE_4K = 1;
    private static final int PAGE_SHIFT = 12;

    private TlbiOperands() {}

    /** Why the operands are illegal, or null. */
    static @Nullable String illegal(long dw0, long dw1) {
        int granule = CommandField.TG.of(dw0, dw1);
        int number = CommandField.NUM.of(dw0, dw1);
        int scale = CommandField.SCALE.of(dw0, dw1);
        int level = CommandField.TTL.of(dw0, dw1);
        boolean plain = number == 0 && scale == 0 && level == 0;
        if (granule == GRANULE_NONE) {
            return plain ? null : "NUM, SCALE or TTL is set where TG is 0";
        }
        if (granule != GRANULE_4K) {
            return "TG names a granule that IDR5 lacks";
        }
        if (plain) {
            return "NUM, SCALE and TTL are 0 where TG is not";
        }
        long alignment = level == 0 ? 0 : (1L << TableDescriptor.shift(level)) - 1;
        return (CommandField.ADDRESS.masked(dw0, dw1) & alignment) == 0 ? null : "the address is not aligned to TTL";
    }

    /** The invalidation, for legal operands. */
    static TlbInvalidation byAddress(String text, int worlds, int vmid, int asid, long dw0, long dw1) {
        long pages = CommandField.TG.of(dw0, dw1) == GRANULE_NONE
                ? 1
                : (CommandField.NUM.of(dw0, dw1) + 1L) << CommandField.SCALE.of(dw0, dw1);
        int level = CommandField.TTL.of(dw0, dw1);
        return new TlbInvalidation(
                text,
                worlds,
                vmid,
                asid,
                AddressRange.of(CommandField.ADDRESS.masked(dw0, dw1), pages << PAGE_SHIFT),
                true,
                CommandField.LEAF.of(dw0, dw1) == 1,
                level == 0 ? TlbInvalidation.ANY : level);
    }
}
