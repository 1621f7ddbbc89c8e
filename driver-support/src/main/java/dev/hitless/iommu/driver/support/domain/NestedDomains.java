package dev.hitless.iommu.driver.support.domain;

import dev.hitless.iommu.api.Errno;
import dev.hitless.iommu.api.IommuException;
import dev.hitless.iommu.api.platform.DriverLock;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * The domains that are nested on one parent: whom a change of its tables concerns too, and why it cannot be freed.
 *
 * @param <C> nested domains of this driver
 */
public final class NestedDomains<C extends AllocatedDomain> {
    private final AllocatedDomain parent;
    private final DriverLock lock;
    private final List<C> children = new ArrayList<>();

    /** Of {@code parent}, none yet. */
    public NestedDomains(AllocatedDomain parent) {
        this.parent = parent;
        this.lock = parent.owner().locks().create("nested-children", parent.name());
    }

    /** Notes a nested domain. Throws EINVAL if the parent was freed. */
    public void add(C child) {
        lock.with(() -> children.add(child));
        try {
            parent.requireNotFreed();
        } catch (IommuException e) {
            remove(child);
            throw e;
        }
    }

    /** Forgets a nested domain. */
    public void remove(C child) {
        lock.with(() -> children.remove(child));
    }

    /** Tells each that there is now. */
    public void forEach(Consumer<C> action) {
        snapshot().forEach(action);
    }

    /** Throws EBUSY, naming one, if there are any. */
    public void requireNone() {
        List<C> left = snapshot();
        if (!left.isEmpty()) {
            throw new IommuException(
                    Errno.EBUSY,
                    "domain " + parent.name() + " is the parent of "
                            + left.get(0).name() + "; free that first");
        }
    }

    private List<C> snapshot() {
        List<C> copy = new ArrayList<>();
        lock.with(() -> copy.addAll(children));
        return copy;
    }
}
