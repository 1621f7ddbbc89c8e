package dev.hitless.iommu.conformance.observe;

import dev.hitless.iommu.conformance.trace.Trace;
import dev.hitless.iommu.conformance.trace.TraceEvent;
import dev.hitless.iommu.hardware.Translation;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * The instants at which something new can be read for the first time: a word that a walk can come to was stored, or its
 * page was handed out or given back, or a device's cache was switched on or off.
 *
 * <p>Which words a walk can come to is found by walking with nothing ever invalidated: whatever a schedule can reach is
 * among that.
 */
final class GrowthInstants {
    private static final long PAGE_MASK = -4096L;

    private final Trace trace;
    private final Set<Long> words = new HashSet<>();
    private final Set<Long> pages = new HashSet<>();

    private GrowthInstants(Trace trace) {
        this.trace = trace;
    }

    static int[] of(Trace trace, MemoryHistory memory, List<Stream> streams, long[] iovas) {
        GrowthInstants growth = new GrowthInstants(trace);
        growth.reach(memory, streams, iovas);
        List<TraceEvent> events = trace.events();
        return IntStream.range(0, events.size())
                .filter(i -> i == 0 || i == events.size() - 1 || growth.grows(events.get(i)))
                .toArray();
    }

    private void reach(MemoryHistory memory, List<Stream> streams, long[] iovas) {
        BranchingReader reader = new BranchingReader(memory, InvalidationHistory.none());
        reader.noteChangedWords(words);
        Translation translation = new Translation();
        for (Stream stream : streams) {
            for (long iova : iovas) {
                for (boolean ats : new boolean[] {false, true}) {
                    reader.begin(trace.end(), null);
                    do {
                        try {
                            trace.walker().translate(stream.request(iova, false, ats), reader, translation);
                        } catch (BranchingReader.Poisoned | BranchingReader.Abandoned ended) {
                            continue;
                        }
                    } while (reader.next());
                }
            }
        }
        words.forEach(word -> pages.add(word & PAGE_MASK));
    }

    private boolean grows(TraceEvent event) {
        if (event instanceof TraceEvent.Store store) {
            return words.contains(store.address())
                    || (store.bits() == 128 && words.contains(store.address() + 8));
        }
        if (event instanceof TraceEvent.Alloc alloc) {
            return touches(alloc.address(), alloc.lengthBytes());
        }
        if (event instanceof TraceEvent.Free free) {
            return touches(free.address(), free.lengthBytes());
        }
        return event instanceof TraceEvent.FunctionControl;
    }

    private boolean touches(long address, long lengthBytes) {
        for (long page = address; page < address + lengthBytes; page += -PAGE_MASK) {
            if (pages.contains(page)) {
                return true;
            }
        }
        return false;
    }
}
