package dev.hitless.iommu.conformance.observe;

import dev.hitless.iommu.conformance.trace.MemoryImage;
import dev.hitless.iommu.conformance.trace.Trace;
import dev.hitless.iommu.conformance.trace.TraceEvent;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Every version of every quantum during a trace, worked out when first asked for. */
final class MemoryHistory {
    private static final int PAGE_BYTES = 4096;
    private static final int SLOTS = (512 + 256 + 128 + 64) * 2;

    private final Trace trace;
    private final MemoryImage before;
    private final Visibility visibility;
    private final boolean everythingSnooped;
    private final @Nullable PageHistory[] pages;

    MemoryHistory(Trace trace, Assumptions assumptions) {
        this.trace = trace;
        this.before = trace.before();
        this.visibility = new Visibility(trace, assumptions);
        this.everythingSnooped = assumptions.everythingSnooped();
        this.pages = new PageHistory[trace.after().pageCount()];
        index();
    }

    private void index() {
        List<TraceEvent> events = trace.events();
        for (int i = 0; i < events.size(); i++) {
            TraceEvent event = events.get(i);
            if (event instanceof TraceEvent.Store store) {
                changed(store.address()).stores.add(i);
            } else if (event instanceof TraceEvent.Alloc alloc) {
                for (long page = alloc.address(); page < alloc.address() + alloc.lengthBytes(); page += PAGE_BYTES) {
                    PageHistory history = changed(page);
                    history.allocatedAt = i;
                    history.zeroed = alloc.zeroed();
                }
            } else if (event instanceof TraceEvent.Free free) {
                for (long page = free.address(); page < free.address() + free.lengthBytes(); page += PAGE_BYTES) {
                    changed(page).freedAt = i;
                }
            }
        }
    }

    private PageHistory changed(long address) {
        int index = (int) MemoryImage.pageIndex(address);
        PageHistory history = pages[index];
        if (history == null) {
            history = new PageHistory();
            pages[index] = history;
        }
        return history;
    }

    /** Whether there is or was memory at {@code address} at any time during the trace. */
    boolean isMemory(long address) {
        long index = MemoryImage.pageIndex(address);
        return index >= 0 && index < pages.length && (pages[(int) index] != null || before.isMemory(address));
    }

    /** Whether the page that holds {@code address} stayed as it was. */
    boolean isConstant(long address) {
        return pages[(int) MemoryImage.pageIndex(address)] == null;
    }

    /** The word at {@code address}, on a page that stayed as it was. */
    long constantWord(long address) {
        return before.word(address);
    }

    /** Versions of the quantum of {@code words} 64-bit words at {@code address}, which must be memory. */
    VersionSet versions(long address, int words, boolean snoopedFetch) {
        boolean snooped = snoopedFetch || everythingSnooped;
        PageHistory page = pages[(int) MemoryImage.pageIndex(address)];
        if (page == null) {
            long[] values = new long[words];
            for (int w = 0; w < words; w++) {
                values[w] = before.word(address + 8L * w);
            }
            return VersionSet.constant(values);
        }
        int slot = page.slot(address, words, snooped);
        VersionSet known = page.known[slot];
        if (known == null) {
            known = combine(page, address, words, snooped);
            page.known[slot] = known;
        }
        return known;
    }

    private VersionSet combine(PageHistory page, long address, int words, boolean snooped) {
        WordHistory[] parts = new WordHistory[words];
        for (int w = 0; w < words; w++) {
            parts[w] = word(page, address + 8L * w, snooped);
        }
        return new QuantumVersions(parts).combine();
    }

    private WordHistory word(PageHistory page, long address, boolean snooped) {
        WordHistory history = new WordHistory();
        if (page.allocatedAt >= 0) {
            int at = page.allocatedAt;
            history.append(0, at, at, at, VersionSet.UNDEFINED);
            if (page.zeroed) {
                history.append(0, at, at, visibility.certain(at, address, snooped), VersionSet.DEFINED);
            }
        } else {
            history.append(before.word(address), -1, 0, 0, VersionSet.DEFINED);
        }
        for (int i : page.stores) {
            TraceEvent.Store store = (TraceEvent.Store) trace.events().get(i);
            long offset = address - store.address();
            if (offset == 0 || (offset == 8 && store.bits() == 128)) {
                long value = offset == 0 ? store.low() : store.high();
                history.append(value, i, i, visibility.certain(i, address, snooped), VersionSet.DEFINED);
                if (store.bits() == 128) {
                    history.lastMadeWithPair();
                }
            }
        }
        if (page.freedAt >= 0) {
            // Whatever is there afterwards is somebody else's: from this instant on nothing old can be relied upon.
            for (int v = 0; v < history.count; v++) {
                history.until[v] = Math.min(history.until[v], page.freedAt);
            }
            history.append(0, page.freedAt, page.freedAt, page.freedAt, VersionSet.FREED);
        }
        return history;
    }

    /** What happened to one page. */
    private static final class PageHistory {
        final List<Integer> stores = new ArrayList<>(2);
        int allocatedAt = -1;
        int freedAt = -1;
        boolean zeroed;

        @Nullable
        VersionSet[] known = new VersionSet[0];

        /** Slots for quanta of 1, 2, 4 and 8 words (512, 256, 128 and 64 of them), snooped or not. */
        int slot(long address, int words, boolean snooped) {
            if (known.length == 0) {
                known = new VersionSet[SLOTS];
            }
            int base = words == 1 ? 0 : words == 2 ? 512 : words == 4 ? 768 : 896;
            int quantum = (int) ((address & (PAGE_BYTES - 1)) >>> 3) / words;
            return (base + quantum) * 2 + (snooped ? 1 : 0);
        }
    }
}
