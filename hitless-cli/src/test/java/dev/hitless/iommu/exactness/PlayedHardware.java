package dev.hitless.iommu.exactness;

import dev.hitless.iommu.conformance.observe.Outcome;
import dev.hitless.iommu.conformance.observe.Stream;
import dev.hitless.iommu.exactness.Answers.End;
import dev.hitless.iommu.exactness.Held.Line;
import dev.hitless.iommu.exactness.PlayedMemory.Reading;
import dev.hitless.iommu.exactness.ReplayReader.Lookup;
import dev.hitless.iommu.exactness.ReplayReader.Stop;
import dev.hitless.iommu.hardware.CacheKind;
import dev.hitless.iommu.hardware.DmaRequest;
import dev.hitless.iommu.hardware.FaultClass;
import dev.hitless.iommu.hardware.StructureKind;
import dev.hitless.iommu.hardware.Translation;
import dev.hitless.iommu.hardware.Walker;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/**
 * The IOMMU and the devices' caches at work in one state: they read, keep, finish and answer until nothing new comes of
 * it. Of the hardware it knows what the walker asks for and what the commands say that they drop, nothing else.
 */
final class PlayedHardware {
    private final Walker walker;
    private final QuantumReads reads;
    private final PlayedCommands commands;
    private final ReplayReader replay;
    private final List<Stream> streams;
    private final long iova;

    /** Structures that are being fetched. */
    private final List<PartialWalk> underWay = new ArrayList<>();

    private int instant;
    private long visible;
    private long seen;
    private Held held = new Held();
    private final Deque<PartialWalk> work = new ArrayDeque<>();
    private final Answers answers = new Answers();

    PlayedHardware(Walker walker, PlayedMemory memory, PlayedCommands commands, List<Stream> streams, long iova) {
        this.walker = walker;
        this.reads = new QuantumReads(memory);
        this.commands = commands;
        this.replay = new ReplayReader(walker, memory, commands);
        this.streams = streams;
        this.iova = iova;
    }

    DmaRequest request(Stream stream, boolean translationRequest) {
        return stream.request(iova, false, translationRequest);
    }

    /** Does all that can be done in a state; {@code all} grows. */
    void run(int now, long visibleStores, Held all, Set<String> ats) {
        instant = now;
        visible = visibleStores;
        seen = commands.seenBy(now);
        held = all;
        answers.clear();
        underWay.clear();
        for (Stream stream : streams) {
            work.add(PartialWalk.begin(request(stream, false)));
            if (ats.contains(stream.device())) {
                work.add(PartialWalk.begin(request(stream, true)));
            }
        }
        for (PartialWalk walk : held.walks()) {
            work.add(walk);
            if (!walk.last().whole()) {
                underWay.add(walk);
            }
        }
        while (!work.isEmpty()) {
            goOn(work.removeFirst());
        }
        for (Stream stream : streams) {
            if (ats.contains(stream.device())) {
                fillDevice(request(stream, true));
            }
        }
    }

    private void hold(PartialWalk walk) {
        if (walk.isAlive(seen) && held.add(walk)) {
            work.add(walk);
        }
    }

    private void goOn(PartialWalk walk) {
        Stop stop = replay.run(walk);
        if (stop == Stop.QUANTUM) {
            readMore(walk);
            return;
        }
        if (stop == Stop.DEFECT) {
            if (walk.last().isFresh(replay.asked)) {
                Outcome.Kind kind = Outcome.Kind.valueOf(replay.defect.name());
                end(walk, new End(Met.bad(kind), new Translation()));
            }
            return;
        }
        if (!walk.isEmpty() && !walk.last().whole()) {
            finish(walk);
            return;
        }
        if (!replay.lookups.isEmpty() && replay.structuresAtLookup == walk.way().size()) {
            answers.looksFor(walk.request(), replay.lookups);
        }
        if (stop == Stop.FETCH) {
            StructureKind kind = Objects.requireNonNull(replay.wantedKind);
            PartialWalk longer = walk.append(Fetched.begin(kind, replay.wantedAddress));
            if (longer.isAlive(seen)) {
                work.add(longer);
                if (!longer.isMomentary()) {
                    underWay.add(longer);
                }
            }
        } else {
            end(walk);
        }
    }

    /** The structure is there: kept, or used at once. */
    private void finish(PartialWalk walk) {
        Fetched last = walk.last();
        if (replay.kept != null || last.isFresh(replay.asked)) {
            hold(walk.replaceLast(last.finish(replay.asked, replay.kept)));
        }
    }

    /**
     * Reads one more quantum. Each for itself, the one that is asked for: the order does not matter within an instant, and
     * what will still be there later is better read later ({@link #readBeforeItGoes}). In one memory for all, any.
     */
    private void readMore(PartialWalk walk) {
        Fetched structure = walk.last();
        if (visible == PlayedMemory.EACH_FOR_ITSELF) {
            for (Reading reading : reads.of(structure, replay.wantedQuantum, instant, visible)) {
                work.add(walk.replaceLast(structure.with(replay.wantedQuantum, reading)));
            }
            return;
        }
        for (int quantum = 0; quantum < reads.count(structure); quantum++) {
            if (reads.isReadable(structure, quantum)) {
                for (Reading reading : reads.of(structure, quantum, instant, visible)) {
                    hold(walk.replaceLast(structure.with(quantum, reading)));
                }
            }
        }
    }

    /**
     * Each for itself: before what can be read now and not any more at {@code next} has gone, hardware may have read it, for
     * a structure whose rest it will read later.
     */
    void readBeforeItGoes(int next) {
        Deque<PartialWalk> left = new ArrayDeque<>(underWay);
        while (!left.isEmpty()) {
            PartialWalk walk = left.removeFirst();
            Fetched structure = walk.last();
            for (int quantum = 0; quantum < reads.count(structure); quantum++) {
                if (reads.isReadable(structure, quantum)) {
                    List<Reading> later = reads.of(structure, quantum, next, visible);
                    boolean first = reads.isAwaitedByOthers(structure, quantum);
                    for (Reading reading : reads.of(structure, quantum, instant, visible)) {
                        PartialWalk more = walk.replaceLast(structure.with(quantum, reading));
                        if ((first || !later.contains(reading)) && !more.isMomentary() && held.add(more)) {
                            left.add(more);
                        }
                    }
                }
            }
        }
    }

    private void end(PartialWalk walk) {
        Translation result = new Translation();
        result.set(replay.result);
        CacheKind cache = result.cache();
        FaultClass fault = result.faultClass();
        if (fault != null) {
            end(walk, new End(Met.fault(fault), result));
        } else if (cache == null) {
            end(walk, new End(Met.of(Outcome.of(result, iova)), result));
        } else {
            long covering = commands.covering(cache, result.tag(), result.inputPage(), result.pageBytes());
            long stale = walk.staleBy(walk.way().size()) & covering;
            if ((stale & seen) == 0) {
                held.add(Line.of(new Lookup(cache, result.tag()), walk.request(), result, covering, stale));
                end(walk, new End(Met.of(Outcome.of(result, iova)), result));
            }
        }
    }

    private void end(PartialWalk walk, End end) {
        int entry = replay.structuresAtLookup - 1;
        if (!replay.lookups.isEmpty()
                && walk.leadsThroughPagingStructure(replay.lookups.get(0).tag())) {
            answers.addShared(replay.lookups.get(0), end);
        } else if (entry < 0 || walk.isUsable(entry, seen)) {
            answers.add(walk.request(), end);
        }
    }

    private void fillDevice(DmaRequest request) {
        CacheKind cache = walker.deviceCache();
        Lookup where = new Lookup(cache, walker.deviceTag(request));
        for (End answer : answers.of(request, held)) {
            Translation admitted = admitted(answer, request);
            if (answer.isTranslation() && !admitted.isFault()) {
                long covering = commands.covering(cache, where.tag(), iova, 1);
                held.add(Line.of(where, request, admitted, covering, 0));
            }
        }
    }

    private Translation admitted(End end, DmaRequest request) {
        Translation admitted = new Translation();
        admitted.set(end.translation());
        if (end.isTranslation()) {
            walker.admit(request, admitted);
        }
        return admitted;
    }

    /** What a request of the stream meets in the state that {@link #run} was called for last. */
    Set<Met> meets(Stream stream, boolean write, Set<String> ats) {
        Set<Met> met = new HashSet<>();
        DmaRequest request = stream.request(iova, write, false);
        for (End end : answers.of(request(stream, false), held)) {
            met.add(end.isTranslation() ? Met.of(Outcome.of(admitted(end, request), iova)) : end.met());
        }
        if (ats.contains(stream.device())) {
            meetInDevice(stream, write ? Translation.WRITE : Translation.READ, met);
        }
        addConflicts(stream, met);
        return met;
    }

    private void meetInDevice(Stream stream, int needed, Set<Met> met) {
        DmaRequest request = request(stream, true);
        for (End answer : answers.of(request, held)) {
            if (!answer.isTranslation()) {
                met.add(answer.met());
                continue;
            }
            Translation admitted = admitted(answer, request);
            met.add(
                    !admitted.isFault() && (admitted.permissions() & needed) == 0
                            ? Met.bad(Outcome.Kind.PERMISSION)
                            : Met.of(Outcome.of(admitted, iova)));
        }
        for (Line line : held.lines()) {
            if (line.where().cache().equals(walker.deviceCache())
                    && line.filledBy().equals(request)
                    && (line.translation().permissions() & needed) != 0) {
                met.add(Met.of(Outcome.of(line.translation(), iova)));
            }
        }
    }

    /** Two lines of one tag that contradict each other, one of them made for the stream. */
    private void addConflicts(Stream stream, Set<Met> met) {
        List<Line> lines = held.lines();
        for (Line one : lines) {
            boolean mine = one.filledBy().requesterId() == stream.requesterId()
                    && one.filledBy().pasid() == stream.pasid();
            for (Line other : lines) {
                if (mine
                        && one != other
                        && one.where().equals(other.where())
                        && !one.where().cache().equals(walker.deviceCache())
                        && walker.conflict(one.translation(), other.translation())) {
                    met.add(Met.bad(Outcome.Kind.CONFLICT));
                }
            }
        }
    }
}
