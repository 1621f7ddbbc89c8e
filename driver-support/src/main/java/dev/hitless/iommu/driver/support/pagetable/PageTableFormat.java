package dev.hitless.iommu.driver.support.pagetable;

import dev.hitless.iommu.api.Protection;
import java.util.Optional;

/**
 * The bits of one page-table format: everything that {@link PageTable} does not know. Pure functions, no state.
 *
 * <p>Levels count up from the leaves: level 0 holds the smallest pages, level {@code levels() - 1} is the root. An
 * entry is one 64-bit word, 0 when absent. A page may take several neighbouring slots of its level: copies of one entry
 * (AMD-Vi NextLevel 7) or one entry each with a contiguity hint (SMMUv3 CONT).
 *
 * <pre>
 *  I/O address   | root index | ... | index of level 1 | index of level 0 | offset  |
 *                               indexShift(1) ^        indexShift(0) ^
 * </pre>
 */
public interface PageTableFormat {
    /** For messages, for example {@code first-stage-4-level}. */
    String name();

    /** Levels of tables, 1..7. */
    int levels();

    /** I/O addresses are below {@code 1 << inputAddressBits()}; 12..64. Already without the half that sign extension takes. */
    int inputAddressBits();

    /** Output addresses are below {@code 1 << outputAddressBits()}; 12..56. */
    int outputAddressBits();

    /** Bit n set: pages of 2^n bytes can be mapped, those of several slots included. The lowest one is the granule. */
    long pageSizes();

    /** Lowest bit of the I/O address that indexes the tables of {@code level}. One slot serves {@code 1 << indexShift} bytes. */
    default int indexShift(int level) {
        return 12 + 9 * level;
    }

    /** Bits of the I/O address that index a table of {@code level}. More than usual in a concatenated root. */
    default int indexBits(int level) {
        return 9;
    }

    /** Bytes to allocate for a table of {@code level}, aligned to that; at least a page. */
    default long tableBytes(int level) {
        return Math.max(4096L, 8L << indexBits(level));
    }

    /**
     * The level whose tables hold pages of {@code pageBytes}: the highest one whose slots are not larger than the page.
     *
     * @param pageBytes one of {@link #pageSizes}
     */
    default int leafLevel(long pageBytes) {
        int level = levels() - 1;
        while (level > 0 && Long.compareUnsigned(1L << indexShift(level), pageBytes) > 0) {
            level--;
        }
        return level;
    }

    /** Why {@code protection} cannot be expressed, with the remedy; empty if it can. */
    Optional<String> objection(Protection protection);

    /**
     * One slot of a page.
     *
     * @param level {@code leafLevel(pageBytes)}
     * @param pageAddress physical address of the page, aligned to {@code pageBytes}
     * @param pageBytes one of {@link #pageSizes}
     * @param slot which of the page's slots, from 0
     */
    long leaf(int level, long pageAddress, long pageBytes, int slot, Protection protection);

    /**
     * The entry of {@code level} (1 or more) that leads to a table of the level below.
     *
     * @param tableAddress aligned to {@code tableBytes(level - 1)}
     */
    long table(int level, long tableAddress);

    /** Whether {@code entry} is a page or leads to a table. Hardware may have set accessed and dirty bits in it. */
    boolean isPresent(int level, long entry);

    /** Whether {@code entry}, which is present, is a page. */
    boolean isLeaf(int level, long entry);

    /** Where {@code entry}, present and no leaf, leads to. */
    long tableAddress(int level, long entry);

    /** Size of the page that {@code entry}, a leaf, is a slot of. */
    long leafPageBytes(int level, long entry);

    /** A physical address within the page that {@code entry}, a leaf, is a slot of. */
    long leafAddress(int level, long entry);
}
