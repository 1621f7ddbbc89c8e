package dev.hitless.iommu.driver.support.unit;

import dev.hitless.iommu.api.IommuException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Supplier;

/** What a bring-up has done so far, and how each of it is taken back. For one thread. */
public final class UndoStack {
    /** The next one first. */
    private final Deque<Runnable> actions = new ArrayDeque<>();

    /** Notes {@code action}, to come before all that were noted until now. */
    public void push(Runnable action) {
        actions.push(action);
    }

    /** Notes {@code action}, to come after all that were noted until now: memory that hardware uses until it is off. */
    public void addLast(Runnable action) {
        actions.addLast(action);
    }

    /**
     * Runs {@code steps}; if one of them fails, takes back what was noted, however many of those fail too.
     *
     * @throws IommuException what {@code steps} threw, with what failed on the way back as suppressed
     */
    public <T> T undoingOnFailure(Supplier<T> steps) {
        try {
            return steps.get();
        } catch (IommuException e) {
            undoAll(e);
            throw e;
        }
    }

    private void undoAll(IommuException cause) {
        while (!actions.isEmpty()) {
            try {
                actions.pop().run();
            } catch (IommuException e) {
                cause.addSuppressed(e);
            }
        }
    }
}
