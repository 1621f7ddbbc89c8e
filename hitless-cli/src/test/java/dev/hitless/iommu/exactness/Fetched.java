package dev.hitless.iommu.exactness;

import dev.hitless.iommu.exactness.PlayedMemory.Defect;
import dev.hitless.iommu.exactness.PlayedMemory.Reading;
import dev.hitless.iommu.hardware.CacheKind;
import dev.hitless.iommu.hardware.StructureKind;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A structure of a walk, being fetched or whole. Immutable.
 *
 * @param kind how it is fetched
 * @param address where
 * @param quanta what was read so far, by number of the quantum; only of those that ever change
 * @param fresh numbers of the quanta that were read at this very instant, as bits
 * @param whole whether the walk has gone on from here
 * @param kept where hardware keeps it, if it does
 * @param since commands submitted since the first quantum was read; once whole, only those that drop it
 */
record Fetched(
        StructureKind kind,
        long address,
        Map<Integer, Reading> quanta,
        long fresh,
        boolean whole,
        @Nullable Kept kept,
        long since) {

    /**
     * Where a structure is kept.
     *
     * @param cache in which cache
     * @param tag under which tag
     * @param coveredBy commands that drop it
     */
    record Kept(CacheKind cache, long tag, long coveredBy) {}

    static Fetched begin(StructureKind kind, long address) {
        return new Fetched(kind, address, Map.of(), 0, false, null, 0);
    }

    Fetched with(int quantum, Reading reading) {
        Map<Integer, Reading> more = new TreeMap<>(quanta);
        more.put(quantum, reading);
        return new Fetched(kind, address, more, fresh | 1L << quantum, whole, kept, since);
    }

    /** The structure, of which the quanta {@code asked} have decided. */
    Fetched finish(long asked, @Nullable Kept where) {
        Map<Integer, Reading> decisive = new TreeMap<>(quanta);
        decisive.keySet().removeIf(quantum -> (asked & 1L << quantum) == 0);
        long dropping = where == null ? 0 : since & where.coveredBy();
        return new Fetched(kind, address, decisive, fresh & asked, true, where, dropping);
    }

    /** Whether all of {@code asked} that can change was read at this very instant. */
    boolean isFresh(long asked) {
        for (int quantum : quanta.keySet()) {
            if ((asked & 1L << quantum) != 0 && (fresh & 1L << quantum) == 0) {
                return false;
            }
        }
        return true;
    }

    boolean isDefective() {
        for (Reading reading : quanta.values()) {
            if (reading.defect() != Defect.NONE) {
                return true;
            }
        }
        return false;
    }

    /** Is used for one request only, at the instant at which it was read. */
    boolean isMomentary() {
        return whole && kept == null;
    }

    /** The same after an event at which the commands {@code submitted} were. */
    Fetched aged(long submitted) {
        long reached = whole ? kept == null ? 0 : submitted & kept.coveredBy() : quanta.isEmpty() ? 0 : submitted;
        return fresh == 0 && (since | reached) == since
                ? this
                : new Fetched(kind, address, quanta, 0, whole, kept, since | reached);
    }

    /** What it says, whenever it was read. */
    Object content() {
        return List.of(address, whole, quanta);
    }
}
