package dev.hitless.iommu.driver.support.id;

import dev.hitless.iommu.api.Errno;
import dev.hitless.iommu.api.IommuException;
import dev.hitless.iommu.api.platform.DriverLock;
import java.util.BitSet;

/**
 * Hands out ids of a range, each to one owner at a time.
 *
 * <p>An id is given back only when nothing is cached under it any more: its next owner relies on that.
 */
public final class IdAllocator {
    /** Which free id comes next. */
    public enum Order {
        /** The lowest: ids stay small and runs repeat. */
        LOWEST,
        /** The one after the last: an id that was just given back rests as long as possible. */
        ROUND_ROBIN
    }

    private final String name;
    private final int first;
    private final int last;
    private final Order order;
    private final DriverLock lock;
    private final BitSet taken = new BitSet();
    private int next;

    /**
     * Ids {@code first..last}, all free.
     *
     * @param name of one id, for messages, for example {@code domain id}
     * @param first not negative
     * @param last not below {@code first}
     */
    public IdAllocator(String name, int first, int last, Order order, DriverLock lock) {
        if (first < 0 || last < first) {
            throw new IllegalArgumentException("no " + name + " lies in " + first + ".." + last);
        }
        this.name = name;
        this.first = first;
        this.last = last;
        this.order = order;
        this.lock = lock;
        this.next = first;
    }

    /**
     * Takes a free id.
     *
     * @throws IommuException ENOSPC if none is left
     */
    public int allocate() {
        lock.lock();
        try {
            int id = taken.nextClearBit(order == Order.LOWEST ? first : next);
            if (id > last) {
                id = taken.nextClearBit(first);
            }
            if (id > last) {
                throw new IommuException(
                        Errno.ENOSPC,
                        "all " + ((long) last - first + 1) + " " + name + "s (" + first + ".." + last
                                + ") are taken; free a domain first");
            }
            taken.set(id);
            next = id == last ? first : id + 1;
            return id;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Takes a certain id.
     *
     * @throws IommuException EINVAL outside of the range, EBUSY if it is taken
     */
    public void reserve(int id) {
        requireInRange(id);
        lock.with(() -> {
            if (taken.get(id)) {
                throw new IommuException(Errno.EBUSY, name + " " + id + " is taken; choose another one");
            }
            taken.set(id);
        });
    }

    /**
     * Gives an id back, with nothing cached under it.
     *
     * @throws IommuException EINVAL if it is not taken
     */
    public void free(int id) {
        requireInRange(id);
        lock.with(() -> {
            if (!taken.get(id)) {
                throw new IommuException(Errno.EINVAL, name + " " + id + " is free already; it was given back twice");
            }
            taken.clear(id);
        });
    }

    /** Ids taken, reserved ones included. */
    public int inUse() {
        lock.lock();
        try {
            return taken.cardinality();
        } finally {
            lock.unlock();
        }
    }

    private void requireInRange(int id) {
        if (id < first || id > last) {
            throw new IommuException(Errno.EINVAL, name + " " + id + " is not in " + first + ".." + last);
        }
    }
}
