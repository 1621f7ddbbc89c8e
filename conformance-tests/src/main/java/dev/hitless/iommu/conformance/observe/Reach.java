package dev.hitless.iommu.conformance.observe;

import dev.hitless.iommu.conformance.trace.Trace;
import dev.hitless.iommu.conformance.trace.TraceEvent;
import dev.hitless.iommu.hardware.DmaRequest;
import dev.hitless.iommu.hardware.Translation;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * What walks can come to at all. From that follows which instants matter, those at which something can be read for the
 * first time (a word that a walk can come to was stored, its page was handed out or given back, a device's cache was
 * switched on or off), and whose walks never change.
 *
 * <p>Found by walking with nothing ever invalidated: whatever any schedule can reach is among that.
 */
final class Reach {
    private static final long PAGE_MASK = -4096L;

    private final Trace trace;
    /** Words that a walk can come to and that change, with the first instant at which it can come to them. */
    private final Map<Long, Integer> words = new HashMap<>();

    private final Map<Long, Integer> pages = new HashMap<>();
    private final boolean[][] steady;

    Reach(Trace trace, MemoryHistory memory, List<Stream> streams, long[] iovas) {
        this.trace = trace;
        this.steady = new boolean[streams.size()][iovas.length];
        BranchingReader reader = new BranchingReader(memory, InvalidationHistory.none());
        reader.noteChangedWords(words);
        for (int stream = 0; stream < steady.length; stream++) {
            for (int iova = 0; iova < iovas.length; iova++) {
                boolean changes = walks(reader, streams.get(stream).request(iovas[iova], false, false));
                changes |= walks(reader, streams.get(stream).request(iovas[iova], false, true));
                steady[stream][iova] = !changes;
            }
        }
        words.forEach((word, since) -> pages.merge(word & PAGE_MASK, since, Math::min));
    }

    /** Whether the walk of a stream for an address reads nothing that ever changes. */
    boolean isSteady(int stream, int iova) {
        return steady[stream][iova];
    }

    /** The instants that matter; the first and the last one always do. */
    int[] instants() {
        List<TraceEvent> events = trace.events();
        return IntStream.range(0, events.size())
                .filter(i -> i == 0 || i == events.size() - 1 || grows(i, events.get(i)))
                .toArray();
    }

    private boolean walks(BranchingReader reader, DmaRequest request) {
        Translation translation = new Translation();
        boolean changes = false;
        reader.begin(trace.end(), null);
        do {
            try {
                trace.walker().translate(request, reader, translation);
                changes |= reader.sawChange();
            } catch (BranchingReader.Poisoned | BranchingReader.Abandoned ended) {
                changes = true;
            }
        } while (reader.next());
        return changes;
    }

    /** What nothing leads to yet is read for the first time when something does: that is an instant of its own. */
    private boolean grows(int instant, TraceEvent event) {
        if (event instanceof TraceEvent.Store store) {
            return isReached(store.address(), instant)
                    || (store.bits() == 128 && isReached(store.address() + 8, instant));
        }
        if (event instanceof TraceEvent.Alloc alloc) {
            return isPageReached(alloc.address(), alloc.lengthBytes(), instant);
        }
        if (event instanceof TraceEvent.Free free) {
            return isPageReached(free.address(), free.lengthBytes(), instant);
        }
        return event instanceof TraceEvent.FunctionControl;
    }

    private boolean isReached(long word, int instant) {
        return words.getOrDefault(word, VersionSet.NEVER) <= instant;
    }

    private boolean isPageReached(long address, long lengthBytes, int instant) {
        for (long page = address; page < address + lengthBytes; page += -PAGE_MASK) {
            if (pages.getOrDefault(page, VersionSet.NEVER) <= instant) {
                return true;
            }
        }
        return false;
    }
}
