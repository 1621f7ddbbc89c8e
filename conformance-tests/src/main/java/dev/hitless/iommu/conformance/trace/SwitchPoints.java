package dev.hitless.iommu.conformance.trace;

import dev.hitless.iommu.conformance.schedule.LockName;
import dev.hitless.iommu.conformance.schedule.Turns;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * Where operations that overlap can be switched: told of every port call and lock operation right before it looks at anything
 * or changes anything, and lets others have their turn there, unless {@link SharedState} says that it makes no difference.
 */
final class SwitchPoints {
    private static final long PAGE_MASK = -4096L;

    private Turns turns = Turns.ALONE;
    private SharedState shared = new SharedState();
    private final NewPages pages = new NewPages();
    private final Set<Long> commandPages = new HashSet<>();
    private final Map<Integer, Set<LockName>> held = new HashMap<>();

    /**
     * Several operations take turns.
     *
     * @param known what they are known to have in common
     */
    void start(Turns whose, SharedState known) {
        turns = whose;
        shared = known;
        pages.clear();
        commandPages.clear();
        held.clear();
    }

    /** Nobody takes turns any more. */
    void stop() {
        turns = Turns.ALONE;
    }

    /** Whose turn it is. */
    Turns turns() {
        return turns;
    }

    /** Whether several operations are under way. */
    boolean isOverlapping() {
        return turns != Turns.ALONE;
    }

    /** A port call. */
    void call() {
        turns.point();
    }

    /** A load. */
    void load(long address) {
        if (!isOverlapping()) {
            return;
        }
        long name = pages.name(address);
        if (shared.isShared(name)) {
            turns.point();
        }
        shared.loaded(turns.running(), name, held());
    }

    /** A store of so many bits. */
    void store(long address, int bits) {
        if (!isOverlapping()) {
            return;
        }
        int operation = turns.running();
        long last = address + bits / Byte.SIZE - Long.BYTES;
        boolean own = pages.isOwn(operation, address);
        if (!own || shared.isShared(pages.name(address)) || shared.isShared(pages.name(last))) {
            turns.point();
        }
        if (!own) {
            pages.published(operation);
        }
        shared.stored(operation, pages.name(address), held());
        shared.stored(operation, pages.name(last), held());
    }

    /** A lock is taken. */
    void take(LockName lock) {
        giveBack(lock);
        if (isOverlapping()) {
            shared.taken(turns.running(), lock);
        }
    }

    /** A lock was taken. */
    void took(LockName lock) {
        if (isOverlapping()) {
            Set<LockName> mine = new HashSet<>(held());
            mine.add(lock);
            held.put(turns.running(), mine);
        }
    }

    /** A lock was given back. */
    void gaveBack(LockName lock) {
        if (isOverlapping()) {
            Set<LockName> mine = new HashSet<>(held());
            mine.remove(lock);
            held.put(turns.running(), mine);
        }
    }

    private Set<LockName> held() {
        return held.getOrDefault(turns.running(), Set.of());
    }

    /** A lock is given back. */
    void giveBack(LockName lock) {
        if (isOverlapping() && shared.isShared(lock)) {
            turns.point();
        }
    }

    /** A register write. */
    void registerWrite() {
        turns.point();
        if (isOverlapping()) {
            pages.published(turns.running());
        }
    }

    /** Memory was handed out. */
    void allocated(long address, long lengthBytes) {
        if (isOverlapping()) {
            pages.allocated(turns.running(), address, lengthBytes);
        }
    }

    /** The hardware read something that is not a table: a command. */
    void hardwareRead(long address) {
        if (isOverlapping()) {
            commandPages.add(address & PAGE_MASK);
        }
    }

    /** The hardware stored. */
    void hardwareStored(long address) {
        if (isOverlapping()) {
            shared.storedByHardware(pages.name(address));
        }
    }

    /** Pages from which the hardware read commands. */
    Set<Long> commandPages() {
        return commandPages;
    }
}
