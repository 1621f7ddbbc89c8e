package dev.hitless.iommu.driver.smmuv3;

import dev.hitless.iommu.api.DriverOptions;
import dev.hitless.iommu.api.Errno;
import dev.hitless.iommu.api.IommuException;

/**
 * How long the leaves of a two-level table of context descriptors are (STE.S1Fmt, IHI 0070 5.2). IDR0.CD2L stands for both
 * sizes.
 */
enum ContextLeaf {
    /** 64 descriptors. */
    KIB_4(6, 1),
    /** 1024 descriptors. */
    KIB_64(10, 2);

    private static final String OPTION = Smmuv3DriverProvider.CONTEXT_LEAF_KIB;

    private final int bits;
    private final int formatCode;

    ContextLeaf(int bits, int formatCode) {
        this.bits = bits;
        this.formatCode = formatCode;
    }

    /**
     * What {@code options} ask for.
     *
     * @throws IommuException EINVAL if there is no such size
     */
    static ContextLeaf of(DriverOptions options) {
        int kib = options.number(OPTION, 4, 4, 64);
        return switch (kib) {
            case 4 -> KIB_4;
            case 64 -> KIB_64;
            default ->
                throw new IommuException(
                        Errno.EINVAL,
                        "option " + OPTION + "=" + kib + " is neither 4 nor 64, the sizes that an SMMU knows");
        };
    }

    /** log2 of the number of descriptors. */
    int bits() {
        return bits;
    }

    /** Length. */
    long bytes() {
        return (long) ContextDescriptor.BYTES << bits;
    }

    /** S1Fmt. */
    int formatCode() {
        return formatCode;
    }
}
