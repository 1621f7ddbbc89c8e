package dev.hitless.iommu.exactness;

import dev.hitless.iommu.conformance.observe.Assumptions;
import dev.hitless.iommu.conformance.trace.Trace;
import dev.hitless.iommu.conformance.trace.TraceEvent;
import dev.hitless.iommu.hardware.CacheKind;
import dev.hitless.iommu.hardware.Invalidation;
import java.util.ArrayList;
import java.util.List;

/** The commands of a trace that somebody sees complete; of others nothing is ever certain. Sets of them are bits. */
final class PlayedCommands {
    private record Command(Invalidation what, int submitted, int seen) {}

    private final List<Command> commands = new ArrayList<>();

    PlayedCommands(Trace trace, Assumptions assumptions) {
        for (int i = 0; i <= trace.end(); i++) {
            if (trace.events().get(i) instanceof TraceEvent.Submitted submitted) {
                int seen = assumptions.everythingAwaited() ? i : seenAt(trace, submitted.number());
                if (seen >= 0) {
                    commands.add(new Command(submitted.invalidation(), i, seen));
                }
            }
        }
        if (commands.size() > Long.SIZE - 1) {
            throw new IllegalArgumentException("the trace has " + commands.size() + " commands; 63 can be played");
        }
    }

    private static int seenAt(Trace trace, int number) {
        boolean sent = false;
        for (int i = 0; i <= trace.end(); i++) {
            TraceEvent event = trace.events().get(i);
            sent |= event instanceof TraceEvent.Submitted submitted && submitted.number() == number;
            if (sent && event instanceof TraceEvent.Observed observed && observed.number() == number) {
                return i;
            }
        }
        return -1;
    }

    /** The command submitted at {@code instant}, as a bit; 0 if none. */
    long submittedAt(int instant) {
        long bits = 0;
        for (int c = 0; c < commands.size(); c++) {
            bits |= commands.get(c).submitted() == instant ? 1L << c : 0;
        }
        return bits;
    }

    /** Commands that have been seen complete at {@code instant}. */
    long seenBy(int instant) {
        long bits = 0;
        for (int c = 0; c < commands.size(); c++) {
            bits |= commands.get(c).seen() <= instant ? 1L << c : 0;
        }
        return bits;
    }

    /** Whether a command is submitted or seen complete at {@code instant}. */
    boolean changes(int instant) {
        return commands.stream().anyMatch(c -> c.submitted() == instant || c.seen() == instant);
    }

    /** Commands that drop such a copy. */
    long covering(CacheKind cache, long tag, long firstAddress, long lengthBytes) {
        long bits = 0;
        for (int c = 0; c < commands.size(); c++) {
            if (commands.get(c).what().covers(cache, tag, firstAddress, lengthBytes)) {
                bits |= 1L << c;
            }
        }
        return bits;
    }
}
