package dev.hitless.iommu.exactness;

import dev.hitless.iommu.exactness.PlayedMemory.Defect;
import dev.hitless.iommu.exactness.PlayedMemory.Reading;
import dev.hitless.iommu.hardware.CacheKind;
import dev.hitless.iommu.hardware.StructureKind;
import dev.hitless.iommu.hardware.StructureReader;
import dev.hitless.iommu.hardware.Translation;
import dev.hitless.iommu.hardware.Walker;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Runs the walker on what a partial walk has read, to see what it asks for next. */
final class ReplayReader implements StructureReader {
    /** What the walker came to. */
    enum Stop {
        /** It wants a structure. */
        FETCH,
        /** It wants a quantum of the last structure that was not read yet. */
        QUANTUM,
        /** It asked for a quantum that must not be read. */
        DEFECT,
        /** It has a result. */
        END
    }

    /** A look-up of finished translations. */
    record Lookup(CacheKind cache, long tag) {}

    private final Walker walker;
    private final PlayedMemory memory;
    private final PlayedCommands commands;
    private PartialWalk walk = PartialWalk.begin(new dev.hitless.iommu.hardware.DmaRequest(0, 0, 0, false, false));
    private int next;
    private @Nullable Fetched current;

    final Translation result = new Translation();
    final List<Lookup> lookups = new ArrayList<>();
    int structuresAtLookup;
    long asked;
    Fetched.@Nullable Kept kept;

    @Nullable
    StructureKind wantedKind;

    long wantedAddress;
    int wantedQuantum;
    Defect defect = Defect.NONE;

    ReplayReader(Walker walker, PlayedMemory memory, PlayedCommands commands) {
        this.walker = walker;
        this.memory = memory;
        this.commands = commands;
    }

    Stop run(PartialWalk partial) {
        walk = partial;
        next = 0;
        current = null;
        lookups.clear();
        structuresAtLookup = -1;
        asked = 0;
        kept = null;
        defect = Defect.NONE;
        try {
            walker.translate(partial.request(), this, result);
        } catch (Stopped stopped) {
            return stopped.at;
        }
        if (next < partial.way().size()) {
            throw new IllegalStateException("the walker ended before it had come as far as last time: " + partial);
        }
        return Stop.END;
    }

    @Override
    public boolean fetch(StructureKind kind, long address) {
        if (!memory.isMemory(address)) {
            return false;
        }
        if (next == walk.way().size()) {
            wantedKind = kind;
            wantedAddress = address;
            throw Stopped.FETCH;
        }
        Fetched known = walk.way().get(next++);
        if (known.address() != address || !known.kind().equals(kind)) {
            throw new IllegalStateException("the walker asked for something else than last time");
        }
        current = known;
        asked = 0;
        kept = null;
        return true;
    }

    @Override
    public long word(int index) {
        Fetched structure = current;
        if (structure == null) {
            throw new IllegalStateException("word " + index + " of nothing");
        }
        int perQuantum = structure.kind().quantumWords();
        int quantum = index / perQuantum;
        asked |= 1L << quantum;
        long address = structure.address() + 8L * perQuantum * quantum;
        if (memory.isConstant(address, perQuantum)) {
            return memory.constant(structure.address() + 8L * index);
        }
        Reading reading = structure.quanta().get(quantum);
        if (reading == null) {
            wantedQuantum = quantum;
            throw Stopped.QUANTUM;
        }
        if (reading.defect() != Defect.NONE) {
            defect = reading.defect();
            throw Stopped.DEFECT;
        }
        return reading.words().get(index % perQuantum);
    }

    @Override
    public void retain(CacheKind cache, long tag, long firstAddress, long lengthBytes) {
        if (current == null) {
            throw new IllegalStateException("nothing to retain");
        }
        kept = new Fetched.Kept(cache, tag, commands.covering(cache, tag, firstAddress, lengthBytes));
    }

    @Override
    public boolean hit(CacheKind cache, long tag, long iova, Translation out) {
        if (lookups.isEmpty()) {
            structuresAtLookup = next;
        }
        lookups.add(new Lookup(cache, tag));
        return false;
    }

    private static final class Stopped extends RuntimeException {
        private static final long serialVersionUID = 1L;
        static final Stopped FETCH = new Stopped(Stop.FETCH);
        static final Stopped QUANTUM = new Stopped(Stop.QUANTUM);
        static final Stopped DEFECT = new Stopped(Stop.DEFECT);

        private final Stop at;

        private Stopped(Stop at) {
            super(at.name(), null, false, false);
            this.at = at;
        }
    }
}
