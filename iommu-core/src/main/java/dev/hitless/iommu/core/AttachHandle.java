package dev.hitless.iommu.core;

import dev.hitless.iommu.api.IommuDomain;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What the caller of one attach or replace keeps of it, and what the fault path finds under the PASID. It belongs to
 * the caller and serves exactly one attachment: the fault path reads handles without the group's mutex, so a handle that
 * came back for another domain could not be told from the earlier one.
 *
 * <p>Linux sets the handle's domain before its last checks, so that a refused call leaves a mark on it, even on a live
 * one. Here a call that fails leaves the handle as it was: fresh, and good for another try.
 */
public final class AttachHandle {
    private enum Life {
        FRESH,
        CLAIMED,
        ATTACHED,
        RETIRED
    }

    private record State(Life life, @Nullable IommuDomain domain) {}

    private static final State FRESH = new State(Life.FRESH, null);
    private static final State CLAIMED = new State(Life.CLAIMED, null);

    private final String name;
    private final @Nullable PageRequestHandler handler;
    /** Read at any time; changed under this object's monitor, since one handle may be given to two calls at once. */
    private volatile State state = FRESH;

    /** A fresh handle whose attachment takes no page requests. */
    public AttachHandle(String name) {
        this(name, null);
    }

    /**
     * A fresh handle.
     *
     * @param name for people
     * @param handler takes the page requests of the attachment; null: they are answered {@code INVALID}
     */
    public AttachHandle(String name, @Nullable PageRequestHandler handler) {
        this.name = Objects.requireNonNull(name, "name");
        this.handler = handler;
    }

    /** The name given. */
    public String name() {
        return name;
    }

    /** The domain that was attached or put in place with this handle; null while no such call has succeeded. */
    public @Nullable IommuDomain domain() {
        return state.domain();
    }

    /** Whether the attachment made with this handle still stands: not detached, not replaced. */
    public boolean isAttached() {
        return state.life() == Life.ATTACHED;
    }

    @Nullable
    PageRequestHandler handler() {
        return handler;
    }

    /** Takes a fresh handle for a call that is under way; false when it is not fresh. */
    synchronized boolean claim() {
        boolean fresh = state.life() == Life.FRESH;
        if (fresh) {
            state = CLAIMED;
        }
        return fresh;
    }

    /** The call failed: the handle is fresh again. */
    synchronized void giveBack() {
        state = FRESH;
    }

    /** The call succeeded. Comes before the handle is published, so that whoever finds it finds its domain. */
    synchronized void attached(IommuDomain domain) {
        state = new State(Life.ATTACHED, domain);
    }

    /** Detached or replaced. Keeps the domain, for those who found the handle just before. */
    synchronized void retire() {
        state = new State(Life.RETIRED, state.domain());
    }

    @Override
    public String toString() {
        IommuDomain domain = state.domain();
        return "handle " + name + (domain == null ? "" : " (" + domain.name() + ")");
    }
}
