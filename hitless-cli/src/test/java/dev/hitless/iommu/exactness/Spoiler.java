package dev.hitless.iommu.exactness;

import dev.hitless.iommu.conformance.trace.Trace;
import dev.hitless.iommu.conformance.trace.TraceEvent;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.function.Predicate;
import java.util.stream.IntStream;

/** Makes of a good trace a bad one, as a bad driver would have left it. The same seed always spoils it in the same way. */
final class Spoiler {
    /** What is done to a trace. */
    enum Way {
        /** Nothing. */
        NONE,
        /** One barrier is missing. */
        BARRIER,
        /** No barriers, and no register write orders anything. */
        ALL_ORDER,
        /** One command is missing. */
        COMMAND,
        /** One command is not waited for. */
        WAIT,
        /** No command is waited for. */
        ALL_WAITS,
        /** Two stores that follow each other change places. */
        STORES,
        /** A command is sent, and seen complete, before the store before it. */
        COMMAND_EARLIER,
        /** One cache clean is missing. */
        CLEAN,
        /** Memory is given back earlier. */
        FREE_EARLIER
    }

    private final Random random;

    Spoiler(long seed) {
        this.random = new Random(seed * 0x9E3779B97F4A7C15L + 7);
    }

    /** A spoilt copy. */
    Trace spoil(Trace trace, Way way) {
        List<TraceEvent> events = new ArrayList<>(trace.events());
        switch (way) {
            case NONE -> {}
            case BARRIER -> removeOne(events, TraceEvent.Barrier.class::isInstance);
            case ALL_ORDER ->
                events.removeIf(e -> e instanceof TraceEvent.Barrier || e instanceof TraceEvent.RegisterWrite);
            case COMMAND -> removeOne(events, TraceEvent.Submitted.class::isInstance);
            case WAIT -> removeOne(events, TraceEvent.Observed.class::isInstance);
            case ALL_WAITS -> events.removeIf(TraceEvent.Observed.class::isInstance);
            case STORES -> swapStores(events);
            case COMMAND_EARLIER -> moveBack(events, TraceEvent.Submitted.class::isInstance);
            case CLEAN -> removeOne(events, TraceEvent.CacheClean.class::isInstance);
            case FREE_EARLIER -> moveBack(events, TraceEvent.Free.class::isInstance);
        }
        return new Trace(events, trace.before(), trace.after(), trace.walker(), trace.postedWrites(), trace.atsOn());
    }

    private int pick(List<TraceEvent> events, Predicate<TraceEvent> wanted) {
        int[] all = IntStream.range(0, events.size())
                .filter(i -> wanted.test(events.get(i)))
                .toArray();
        return all.length == 0 ? -1 : all[random.nextInt(all.length)];
    }

    private void removeOne(List<TraceEvent> events, Predicate<TraceEvent> wanted) {
        int at = pick(events, wanted);
        if (at >= 0) {
            events.remove(at);
        }
    }

    private void swapStores(List<TraceEvent> events) {
        int[] stores = IntStream.range(0, events.size())
                .filter(i -> events.get(i) instanceof TraceEvent.Store)
                .toArray();
        if (stores.length > 1) {
            int first = random.nextInt(stores.length - 1);
            Collections.swap(events, stores[first], stores[first + 1]);
        }
    }

    /** Moves an event, and if it is a command its completion right after it, to before an event some way back. */
    private void moveBack(List<TraceEvent> events, Predicate<TraceEvent> wanted) {
        int at = pick(events, wanted);
        if (at < 2) {
            return;
        }
        TraceEvent moved = events.remove(at);
        int to = Math.max(1, at - 1 - random.nextInt(Math.min(at, 40)));
        if (moved instanceof TraceEvent.Submitted command) {
            events.removeIf(e -> e instanceof TraceEvent.Observed observed && observed.number() == command.number());
            events.add(to, new TraceEvent.Observed(command.number()));
        }
        events.add(to, moved);
    }
}
