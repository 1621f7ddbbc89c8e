package dev.hitless.iommu.driver.support.pagetable;

import dev.hitless.iommu.api.Protection;
import java.util.Optional;
import java.util.stream.Stream;

/** Formats that between them have everything a format can have. */
final class TestFormats {
    private TestFormats() {}

    static Stream<PageTableFormat> all() {
        return Stream.of(
                X86PageTableFormat.of("x86 4 levels", 4, 46, X86PageTableFormat.ALL_PAGE_SIZES),
                X86PageTableFormat.of("x86 5 levels, 2M", 5, 52, 1L << 12 | 1L << 21),
                new X86PageTableFormat("x86 all bits", 4, 48, 52, X86PageTableFormat.ALL_PAGE_SIZES, true, true, true),
                new Replicated(6),
                new Contiguous());
    }

    /**
     * Pages of 2^k slots, each with the same content; the size is in the address, as a run of ones. Six levels: 64 bits in.
     *
     * <pre>
     *  | 61 write | 60 read | 51..12 address | 11..9 level of next, 7 sized page, 0 page | 0 present |
     * </pre>
     */
    record Replicated(int levels) implements PageTableFormat {
        @Override
        public String name() {
            return "replicated";
        }

        @Override
        public int inputAddressBits() {
            return Math.min(64, 12 + 9 * levels);
        }

        @Override
        public int outputAddressBits() {
            return 52;
        }

        @Override
        public int indexBits(int level) {
            return Math.min(9, inputAddressBits() - indexShift(level));
        }

        @Override
        public long pageSizes() {
            // Up to 2^8 slots in a level, with one gap in the middle to see that it is minded.
            return (1L << 39) - 4096 & ~(1L << 24);
        }

        @Override
        public Optional<String> objection(Protection protection) {
            return Optional.empty();
        }

        @Override
        public long leaf(int level, long pageAddress, long pageBytes, int slot, Protection protection) {
            long access = (protection.read() ? 1L << 60 : 0) | (protection.write() ? 1L << 61 : 0);
            boolean natural = pageBytes == 1L << indexShift(level);
            long size = natural ? 0 : 7L << 9 | ((pageBytes >>> 1) - 1 & -4096L);
            return pageAddress | access | size | 1;
        }

        @Override
        public long table(int level, long tableAddress) {
            return tableAddress | 3L << 60 | (long) level << 9 | 1;
        }

        @Override
        public boolean isPresent(int level, long entry) {
            return (entry & 1) != 0;
        }

        @Override
        public boolean isLeaf(int level, long entry) {
            long next = entry >>> 9 & 7;
            return next == 0 || next == 7;
        }

        @Override
        public long tableAddress(int level, long entry) {
            return entry & 0x000F_FFFF_FFFF_F000L;
        }

        @Override
        public long leafPageBytes(int level, long entry) {
            if ((entry >>> 9 & 7) == 0) {
                return 1L << indexShift(level);
            }
            return Long.lowestOneBit(~(entry >>> 12)) << 13;
        }

        @Override
        public long leafAddress(int level, long entry) {
            return entry & 0x000F_FFFF_FFFF_F000L;
        }
    }

    /** Sixteen neighbours with a hint that they belong together; three levels, the root four tables long. */
    record Contiguous() implements PageTableFormat {
        private static final long HINT = 1L << 52;

        @Override
        public String name() {
            return "contiguous, concatenated root";
        }

        @Override
        public int levels() {
            return 3;
        }

        @Override
        public int inputAddressBits() {
            return 41;
        }

        @Override
        public int outputAddressBits() {
            return 48;
        }

        @Override
        public int indexBits(int level) {
            return level == 2 ? 11 : 9;
        }

        @Override
        public long pageSizes() {
            return 1L << 12 | 1L << 16 | 1L << 21 | 1L << 25 | 1L << 30;
        }

        @Override
        public Optional<String> objection(Protection protection) {
            return Optional.empty();
        }

        @Override
        public long leaf(int level, long pageAddress, long pageBytes, int slot, Protection protection) {
            long slotBytes = 1L << indexShift(level);
            long hint = pageBytes > slotBytes ? HINT : 0;
            return pageAddress + slot * slotBytes | hint | (level == 0 ? 3 : 1);
        }

        @Override
        public long table(int level, long tableAddress) {
            return tableAddress | 3;
        }

        @Override
        public boolean isPresent(int level, long entry) {
            return (entry & 1) != 0;
        }

        @Override
        public boolean isLeaf(int level, long entry) {
            return level == 0 || (entry & 2) == 0;
        }

        @Override
        public long tableAddress(int level, long entry) {
            return entry & 0xFFFF_FFFF_F000L;
        }

        @Override
        public long leafPageBytes(int level, long entry) {
            return (1L << indexShift(level)) * ((entry & HINT) != 0 ? 16 : 1);
        }

        @Override
        public long leafAddress(int level, long entry) {
            return entry & 0xFFFF_FFFF_F000L;
        }
    }
}
