package dev.hitless.iommu.driver.smmuv3;

import dev.hitless.iommu.api.Protection;
import java.util.Optional;

/**
 * Stage 1.
 *
 * <pre>
 *   63      55  54  53  52   51             11          7    6  5  4      2
 *  +----------+---+---+----+---+--   --+---+--   --+------+---+--------+--
 *  | ignored  |UXN|PXN|Cont|DBM|       |nG |       | AP   | NS|AttrIndx|      the rest: DescriptorFormat
 *  +----------+---+---+----+---+--   --+---+--   --+------+---+--------+--
 *   AP: 1 read and write for everybody, 3 read only.
 * </pre>
 *
 * <p>Never global: each translation belongs to its ASID.
 *
 * @param name for messages
 * @param levels 3 or 4
 * @param inputAddressBits 64 - T0SZ
 * @param outputAddressBits at most 48
 */
record StageOneFormat(String name, int levels, int inputAddressBits, int outputAddressBits)
        implements DescriptorFormat {
    private static final long ATTRIBUTE_DEVICE = 1L << 2;
    private static final long FOR_EVERYBODY = 1L << 6;
    private static final long READ_ONLY = 1L << 7;
    private static final long NOT_GLOBAL = 1L << 11;
    private static final long NO_EXECUTE = 3L << 53;

    @Override
    public Optional<String> objection(Protection protection) {
        return protection.read()
                ? Optional.empty()
                : Optional.of("stage 1 cannot allow writes without reads; allow reads, or use a stage-2 format");
    }

    @Override
    public long attributes(Protection protection) {
        return FOR_EVERYBODY
                | NOT_GLOBAL
                | (protection.mmio() ? ATTRIBUTE_DEVICE | OUTER_SHAREABLE : INNER_SHAREABLE)
                | (protection.write() ? 0 : READ_ONLY)
                | (protection.execute() ? 0 : NO_EXECUTE);
    }
}
