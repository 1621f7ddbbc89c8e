package dev.hitless.iommu.conformance.observe;

import dev.hitless.iommu.hardware.CacheKind;
import dev.hitless.iommu.hardware.StructureKind;
import dev.hitless.iommu.hardware.StructureReader;
import dev.hitless.iommu.hardware.Translation;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Returns, run after run, everything that a walk could have read up to one instant. Depth first over the choices; a run
 * whose choices contradict each other is abandoned.
 */
final class BranchingReader implements StructureReader {
    private final MemoryHistory memory;
    private final Chain chain;
    private final Choices choices = new Choices();
    private final List<CachedTranslation> found = new ArrayList<>();
    private final List<CachedTranslations.Walk> walks = new ArrayList<>();
    private final List<Lookup> lookups = new ArrayList<>(2);

    private int now;
    private @Nullable CachedTranslations lookup;

    private @Nullable StructureKind kind;
    private long address;
    private boolean constant;
    private int readLow;
    private int readHigh;
    private int readOldest;
    private int validLow;
    private int picked;
    private @Nullable VersionSet[] sets = new VersionSet[8];
    private int[] versions = new int[8];
    private int[] feasible = new int[16];
    private boolean served;
    private boolean unusable;
    private boolean sawChange;
    private @Nullable Map<Long, Integer> changedWords;
    private @Nullable WalkPath path;
    private @Nullable CacheKind lookedUp;
    private long lookedUpTag;

    BranchingReader(MemoryHistory memory, InvalidationHistory invalidations) {
        this.memory = memory;
        this.chain = new Chain(invalidations);
    }

    /** From now on notes every word that is read and may change, with the earliest instant at which it can be read. */
    void noteChangedWords(Map<Long, Integer> into) {
        changedWords = into;
    }

    /** From now on notes which way each run goes; null: no more. */
    void notePath(@Nullable WalkPath into) {
        path = into;
    }

    /**
     * Prepares the first run.
     *
     * @param instant the instant of the request
     * @param cached what look-ups may find; null: nothing, and configuration need not be usable at the instant itself,
     *     since only what is left in the caches counts
     */
    void begin(int instant, @Nullable CachedTranslations cached) {
        now = instant;
        lookup = cached;
        choices.reset();
        restart();
    }

    /** Prepares the next run; false if there is none. */
    boolean next() {
        if (!choices.advance()) {
            return false;
        }
        restart();
        return true;
    }

    private void restart() {
        chain.clear();
        kind = null;
        served = false;
        unusable = false;
        sawChange = false;
        lookedUp = null;
        lookups.clear();
        WalkPath noted = path;
        if (noted != null) {
            noted.clear();
        }
    }

    /**
     * A look-up for a finished translation.
     *
     * @param cache where
     * @param tag under which tag
     */
    record Lookup(CacheKind cache, long tag) {}

    /** Everything that the run looked for. A copy. */
    List<Lookup> lookups() {
        return List.copyOf(lookups);
    }

    /** Cache in which the run looked for a finished translation of its own first; null if it never came to that. */
    @Nullable
    CacheKind lookedUp() {
        return lookedUp;
    }

    /** Tag under which it looked there: its own, not one that it shares with others (SMMUv3 global pages). */
    long lookedUpTag() {
        return lookedUpTag;
    }

    /** Whether the run led through an entry of a paging-structure cache that is found under the request's own tag. */
    boolean pagingStructureUsed() {
        return lookedUp != null && chain.leadsThroughPagingStructure(lookedUpTag);
    }

    /** Ends a run that reached its result. False if the choices contradict each other. */
    boolean finish(Translation result) {
        CacheKind cache = result.cache();
        if (served) {
            return true;
        }
        if (cache != null && !result.isFault()) {
            return finishKept(cache, result) > now;
        }
        finishStructure();
        return !unusable && chain.lastUsableAt(now);
    }

    /**
     * Ends a run whose result hardware may keep.
     *
     * @return instant from which the result is certainly gone; 0 if the choices contradict each other
     */
    int finishKept(CacheKind cache, Translation result) {
        finishStructure();
        return unusable ? 0 : chain.translationGoneAt(now, cache, result.tag(), result.inputPage(), result.pageBytes());
    }

    @Override
    public boolean fetch(StructureKind structure, long at) {
        finishStructure();
        if (unusable) {
            throw Abandoned.RUN;
        }
        kind = null;
        WalkPath noted = path;
        if (noted != null) {
            noted.fetched(structure, at);
        }
        if (!memory.isMemory(at)) {
            return false;
        }
        kind = structure;
        address = at;
        constant = memory.isConstant(at);
        readLow = chain.earliest();
        readHigh = 0;
        readOldest = now;
        validLow = 0;
        picked = 0;
        if (!constant) {
            int quanta = structure.words() / structure.quantumWords();
            if (quanta > sets.length) {
                sets = new VersionSet[quanta];
                versions = new int[quanta];
            }
            Arrays.fill(sets, 0, quanta, null);
        }
        return true;
    }

    @Override
    public long word(int index) {
        StructureKind structure = kind;
        if (structure == null) {
            throw new IllegalStateException("the walker asks for word " + index + " before it fetched a structure");
        }
        if (constant) {
            return memory.constantWord(address + 8L * index);
        }
        int quantum = index / structure.quantumWords();
        VersionSet set = sets[quantum];
        if (set == null) {
            set = pick(structure, quantum);
        }
        return set.values[versions[quantum] * set.words + index % structure.quantumWords()];
    }

    private VersionSet pick(StructureKind structure, int quantum) {
        VersionSet set = memory.versions(
                address + 8L * quantum * structure.quantumWords(), structure.quantumWords(), structure.snooped());
        if (set.count > 1 || set.state[0] != VersionSet.DEFINED) {
            noteChange(structure, quantum);
        }
        int possible = 0;
        if (set.count > feasible.length) {
            feasible = new int[set.count];
        }
        int earliest = chain.earliest();
        for (int v = 0; v < set.count; v++) {
            if (set.from[v] <= now && Math.min(set.until[v] - 1, now) >= earliest) {
                feasible[possible++] = v;
            }
        }
        if (possible == 0) {
            throw Abandoned.RUN;
        }
        int v = possible == 1 ? feasible[0] : feasible[choices.choose(possible)];
        sets[quantum] = set;
        versions[quantum] = v;
        int low = Math.max(set.from[v], earliest);
        int high = Math.min(set.until[v] - 1, now);
        readLow = Math.max(readLow, low);
        readHigh = picked == 0 ? high : Math.max(readHigh, high);
        readOldest = Math.min(readOldest, high);
        if (quantum == structure.validWord() / structure.quantumWords()) {
            validLow = low;
        }
        picked++;
        if (set.state[v] != VersionSet.DEFINED) {
            poisoned(structure, set.state[v]);
        }
        return set;
    }

    private void noteChange(StructureKind structure, int quantum) {
        sawChange = true;
        Map<Long, Integer> noted = changedWords;
        if (noted != null) {
            for (int word = 0; word < structure.quantumWords(); word++) {
                noted.merge(address + 8L * (quantum * structure.quantumWords() + word), chain.earliest(), Math::min);
            }
        }
    }

    /** Whether the run read anything that has more than one version. */
    boolean sawChange() {
        return sawChange;
    }

    /**
     * Memory that must not be read: a defect if hardware can read it at the very instant, the rest of the structure with
     * it and while the last one is usable. (Had it been read earlier, it was a defect then.)
     */
    private void poisoned(StructureKind structure, byte state) {
        if (readOldest < now || !ordered(structure) || !chain.lastUsableAt(now)) {
            throw Abandoned.RUN;
        }
        throw state == VersionSet.FREED ? Poisoned.FREED : Poisoned.UNDEFINED;
    }

    @Override
    public void retain(CacheKind cache, long tag, long firstAddress, long lengthBytes) {
        StructureKind structure = kind;
        if (structure == null) {
            throw new IllegalStateException("the walker retains a structure that it did not fetch");
        }
        kind = null;
        if (picked == 0) {
            readHigh = now;
        }
        if (!ordered(structure)
                || !chain.addKept(readLow, readOldest, readHigh, cache, tag, firstAddress, lengthBytes)) {
            throw Abandoned.RUN;
        }
    }

    /**
     * With the valid bit read first, no other quantum can have been read before it was visible, and the word beside it has
     * every 128-bit store that its own has.
     */
    private boolean ordered(StructureKind structure) {
        if (structure.order() != StructureKind.FetchOrder.VALID_FIRST) {
            return true;
        }
        return readOldest >= validLow && (structure.quantumWords() > 1 || pairOrdered(structure));
    }

    private boolean pairOrdered(StructureKind structure) {
        int valid = structure.validWord();
        int beside = (int) ((((address >>> 3) + valid) ^ 1) - (address >>> 3));
        if (constant || beside < 0 || beside >= structure.words()) {
            return true;
        }
        VersionSet validSet = sets[valid];
        VersionSet besideSet = sets[beside];
        return validSet == null
                || besideSet == null
                || besideSet.replacedBeside[versions[beside]] > validSet.made[versions[valid]];
    }

    private void finishStructure() {
        StructureKind structure = kind;
        if (structure == null) {
            return;
        }
        kind = null;
        // Read for this request alone: every quantum that decided was readable at the very instant.
        if (readOldest < now || !ordered(structure) || !chain.addMomentary(now)) {
            unusable = true;
        }
    }

    @Override
    public boolean hit(CacheKind cache, long tag, long iova, Translation out) {
        finishStructure();
        if (unusable) {
            throw Abandoned.RUN;
        }
        CachedTranslations cached = lookup;
        if (lookedUp == null) {
            lookedUp = cache;
            lookedUpTag = tag;
        }
        lookups.add(new Lookup(cache, tag));
        if (cached == null) {
            return false;
        }
        if (!chain.lastUsableAt(now)) {
            throw Abandoned.RUN;
        }
        cached.find(cache, tag, iova, found);
        cached.findWalks(cache, tag, iova, walks);
        int answers = found.size() + walks.size();
        int choice = answers == 0 ? 0 : choices.choose(answers + 1);
        WalkPath noted = path;
        if (noted != null) {
            noted.lookedUp(cache, tag);
        }
        if (choice == 0) {
            return false;
        }
        served = true;
        if (choice <= found.size()) {
            out.set(found.get(choice - 1).translation());
        } else {
            walks.get(choice - 1 - found.size()).repeat(out);
        }
        return true;
    }

    /** The choices of this run contradict each other. */
    static final class Abandoned extends RuntimeException {
        private static final long serialVersionUID = 1L;
        static final Abandoned RUN = new Abandoned();

        private Abandoned() {
            super("abandoned", null, false, false);
        }
    }

    /** The run read memory that must not be read. */
    static final class Poisoned extends RuntimeException {
        private static final long serialVersionUID = 1L;
        static final Poisoned FREED = new Poisoned(Outcome.Kind.USE_AFTER_FREE);
        static final Poisoned UNDEFINED = new Poisoned(Outcome.Kind.UNDEFINED_MEMORY);

        final Outcome.Kind kind;

        private Poisoned(Outcome.Kind kind) {
            super(kind.name(), null, false, false);
            this.kind = kind;
        }
    }
}
