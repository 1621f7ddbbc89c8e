package dev.hitless.iommu.driver.smmuv3;

import dev.hitless.iommu.api.Protection;
import java.util.Optional;

/**
 * Stage 2.
 *
 * <pre>
 *   63      55 54 53  52   51             7    6 5        2
 *  +----------+-----+----+---+--     --+------+----------+--
 *  | ignored  | XN  |Cont|DBM|         | S2AP | MemAttr  |      the rest: DescriptorFormat
 *  +----------+-----+----+---+--     --+------+----------+--
 *   S2AP: 1 read, 2 write. XN: 2 no execution.
 * </pre>
 *
 * <p>Inputs may be wider than 9 bits for each level and 12 for the page: the root is then several tables in a row, up to
 * 16 (concatenation).
 *
 * @param name for messages
 * @param levels 3 or 4
 * @param inputAddressBits 64 - S2T0SZ
 * @param outputAddressBits at most 48
 */
record StageTwoFormat(String name, int levels, int inputAddressBits, int outputAddressBits)
        implements DescriptorFormat {
    private static final long MEMORY_NORMAL = 0xFL << 2;
    private static final long MEMORY_DEVICE = 1L << 2;
    private static final long READ = 1L << 6;
    private static final long WRITE = 1L << 7;
    private static final long NO_EXECUTE = 2L << 53;

    @Override
    public int indexBits(int level) {
        return level == levels - 1 ? Math.max(9, inputAddressBits - indexShift(level)) : 9;
    }

    @Override
    public Optional<String> objection(Protection protection) {
        return Optional.empty();
    }

    @Override
    public long attributes(Protection protection) {
        return (protection.mmio() ? MEMORY_DEVICE | OUTER_SHAREABLE : MEMORY_NORMAL | INNER_SHAREABLE)
                | (protection.read() ? READ : 0)
                | (protection.write() ? WRITE : 0)
                | (protection.execute() ? 0 : NO_EXECUTE);
    }
}
