package dev.hitless.iommu.conformance.trace;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * Pages that operations have allocated since they began.
 *
 * <p>A page is its operation's own until that stores anywhere but into such pages, or writes a register: nobody else can
 * know of it before. And since addresses depend on who allocates first, such pages have names that do not.
 */
final class NewPages {
    private static final long PAGE_MASK = -4096L;
    private static final int PAGE_SHIFT = 12;
    private static final int OPERATION_SHIFT = 48;

    /** No physical address. */
    private static final long NAMED = 1L << 62;

    private final Map<Long, Long> names = new HashMap<>();
    private final Map<Integer, Integer> counts = new HashMap<>();
    private final Map<Integer, Set<Long>> own = new HashMap<>();

    void clear() {
        names.clear();
        counts.clear();
        own.clear();
    }

    void allocated(int operation, long address, long lengthBytes) {
        Set<Long> pages = own.computeIfAbsent(operation, o -> new HashSet<>());
        for (long page = address; page < address + lengthBytes; page -= PAGE_MASK) {
            pages.add(page);
            long number = counts.merge(operation, 1, Integer::sum);
            names.put(page, NAMED | (long) operation << OPERATION_SHIFT | number << PAGE_SHIFT);
        }
    }

    /** Whether only {@code operation} can know of the page. */
    boolean isOwn(int operation, long address) {
        Set<Long> pages = own.get(operation);
        return pages != null && pages.contains(address & PAGE_MASK);
    }

    /** The operation does something by which others could learn of its pages. */
    void published(int operation) {
        own.remove(operation);
    }

    /** The address, or what stands for it in every schedule. */
    long name(long address) {
        Long page = names.get(address & PAGE_MASK);
        return page == null ? address : page | (address & ~PAGE_MASK);
    }
}
