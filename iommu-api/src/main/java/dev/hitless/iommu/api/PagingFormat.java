package dev.hitless.iommu.api;

import java.util.Objects;

/**
 * A page-table format that a driver can build domains in, on the hardware it found.
 *
 * @param label name within the driver, stable, for example {@code first-stage-5-level}
 * @param matrixName name of the row and column in the replacement matrix, for example {@code first-stage}
 * @param stage the stage it serves
 * @param levels table levels
 * @param inputAddressBits I/O addresses are below {@code 1 << inputAddressBits}; 12..64
 * @param outputAddressBits output addresses are below {@code 1 << outputAddressBits}; 32..56
 * @param pageSizes bit n set: pages of 2^n bytes can be mapped; the lowest set bit is the granule
 * @param onPasid such a domain can be attached to a PASID
 * @param withoutPasid such a domain can be attached to requests without PASID
 * @param nestingParent such a domain can be the parent of a nested domain
 * @param writeOnly mappings that allow writes but not reads can be expressed
 */
public record PagingFormat(
        String label,
        String matrixName,
        Stage stage,
        int levels,
        int inputAddressBits,
        int outputAddressBits,
        long pageSizes,
        boolean onPasid,
        boolean withoutPasid,
        boolean nestingParent,
        boolean writeOnly) {
    public PagingFormat {
        Objects.requireNonNull(label, "label");
        Objects.requireNonNull(matrixName, "matrixName");
        Objects.requireNonNull(stage, "stage");
        if (levels < 1 || levels > 7) {
            throw new IllegalArgumentException("levels " + levels + " of format " + label + " not in 1..7");
        }
        if (inputAddressBits < 12 || inputAddressBits > 64 || outputAddressBits < 32 || outputAddressBits > 56) {
            throw new IllegalArgumentException("format " + label + " has address widths " + inputAddressBits + " -> "
                    + outputAddressBits + ", outside 12..64 -> 32..56");
        }
        if ((pageSizes & 0xFFF) != 0 || pageSizes == 0) {
            throw new IllegalArgumentException("format " + label + " has page sizes 0x" + Long.toHexString(pageSizes)
                    + "; at least one of 4096 bytes or more is needed, none below");
        }
    }

    /** The smallest page, in bytes. */
    public long granuleBytes() {
        return Long.lowestOneBit(pageSizes);
    }
}
