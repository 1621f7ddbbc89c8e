package dev.hitless.iommu.driver.smmuv3;

import dev.hitless.iommu.api.Errno;
import dev.hitless.iommu.api.IommuException;
import dev.hitless.iommu.api.NestedConfig;
import java.util.Map;
import java.util.TreeMap;

/**
 * What a guest decides about its stage 1: the fields {@code S1Fmt}, {@code S1CDMax}, {@code S1DSS}, {@code S1CIR}, {@code
 * S1COR}, {@code S1CSH}, {@code S1STALLD} of a stream table entry, and where its context descriptors are.
 *
 * @param word0 S1ContextPtr, S1Fmt, S1CDMax in place
 * @param word1 S1DSS, S1CIR, S1COR, S1CSH, S1STALLD in place
 */
record GuestContextTable(long word0, long word1) {
    /** Largest value and place of a field. */
    private record Field(int largest, int word, int shift) {}

    private static final Map<String, Field> FIELDS = new TreeMap<>(Map.of(
            "S1Fmt", new Field(2, 0, StreamTableEntry.S1FMT_SHIFT),
            "S1CDMax", new Field(31, 0, StreamTableEntry.S1CDMAX_SHIFT),
            "S1DSS", new Field(2, 1, 0),
            "S1CIR", new Field(3, 1, StreamTableEntry.S1CIR_SHIFT),
            "S1COR", new Field(3, 1, StreamTableEntry.S1COR_SHIFT),
            "S1CSH", new Field(3, 1, StreamTableEntry.S1CSH_SHIFT),
            "S1STALLD", new Field(1, 1, 27),
            "STRW", new Field(0, 1, 30)));

    /**
     * Checks what a guest wants.
     *
     * @param parentBits width of guest-physical addresses
     * @throws IommuException EINVAL
     */
    static GuestContextTable of(NestedConfig config, HardwareCapabilities hardware, int parentBits) {
        long[] words = new long[2];
        for (String name : config.fields().keySet()) {
            Field field = FIELDS.get(name);
            if (field == null) {
                throw refused("field " + name + " is not known; there are " + String.join(", ", FIELDS.keySet()));
            }
            long value = config.field(name);
            if (value < 0 || value > field.largest) {
                throw refused("field " + name + " is " + value + "; it can be 0 to " + field.largest);
            }
            words[field.word] |= value << field.shift;
        }
        if (config.field("S1Fmt") != 0 && !hardware.twoLevelContextTables()) {
            throw refused("S1Fmt is " + config.field("S1Fmt") + ", but this SMMU has no two-level tables of context"
                    + " descriptors (IDR0.CD2L is 0); use a linear one");
        }
        if (config.field("S1CDMax") > hardware.substreamIdBits()) {
            throw refused("S1CDMax is " + config.field("S1CDMax") + ", but SubstreamIDs have "
                    + hardware.substreamIdBits() + " bits (IDR1.SSIDSIZE)");
        }
        if (config.field("S1STALLD") != 0 && !hardware.stallIsOptional()) {
            throw refused("S1STALLD is 1, but stalling is no choice on this SMMU (IDR0.STALL_MODEL); clear it");
        }
        long root = config.guestRoot();
        if ((root & 63) != 0 || root >>> parentBits != 0) {
            throw refused("the context-descriptor table at 0x" + Long.toHexString(root)
                    + " is not aligned to 64 bytes below 1 << " + parentBits + ", the width of the parent");
        }
        return new GuestContextTable(words[0] | root, words[1]);
    }

    private static IommuException refused(String reason) {
        return new IommuException(Errno.EINVAL, "nested domain: " + reason);
    }
}
