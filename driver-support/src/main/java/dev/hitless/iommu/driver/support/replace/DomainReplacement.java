package dev.hitless.iommu.driver.support.replace;

import dev.hitless.iommu.api.IommuDevice;
import dev.hitless.iommu.api.IommuDomain;
import dev.hitless.iommu.api.IommuException;
import dev.hitless.iommu.api.Pasid;
import dev.hitless.iommu.api.platform.EventSink;
import dev.hitless.iommu.driver.support.device.ProbedDevice;
import dev.hitless.iommu.driver.support.domain.AttachableDomain;
import dev.hitless.iommu.driver.support.domain.DomainReplacer;
import java.util.List;

/**
 * Puts a domain behind a PASID, or behind requests without one, in place of another.
 *
 * <ol>
 *   <li>Check everything. Allocate everything. Nothing has changed if that fails.
 *   <li>Make the PASID a user of the new domain: an unmap there reaches it from now on.
 *   <li>Switch; wait for every invalidation: {@link DomainSwitch}. Hand over page requests.
 *   <li>Take it off the old domain: an unmap there has reached it until now.
 * </ol>
 *
 * @param <V> devices of this driver
 * @param <D> domains of this driver
 */
public abstract class DomainReplacement<V extends ProbedDevice<D>, D extends AttachableDomain>
        implements DomainReplacer {
    private final Ownership<V, D> ownership;
    private final EventSink events;

    protected DomainReplacement(Ownership<V, D> ownership, EventSink events) {
        this.ownership = ownership;
        this.events = events;
    }

    /**
     * How a domain takes another's place; the two are the same when a domain has died that stays attached.
     *
     * @return not prepared yet
     */
    protected abstract DomainSwitch newSwitch(V device, Pasid pasid, D previous, D target);

    /**
     * Throws unless {@code target} can be behind {@code pasid}, which the device has, beside what is attached to it now.
     *
     * @throws IommuException EOPNOTSUPP (never), EBUSY (not beside the rest)
     */
    protected void requireFits(V device, Pasid pasid, D target) {}

    /** Hands over the page requests that {@code previous} is to answer. Throws EIO, ETIMEDOUT. */
    protected void drainPageRequests(V device, Pasid pasid, D previous) {}

    /** Runs a change with everything locked, beside the device, that it may store to. */
    protected void withTables(V device, Pasid pasid, Runnable change) {
        change.run();
    }

    @Override
    public final void replace(IommuDevice device, Pasid pasid, IommuDomain old, IommuDomain target) {
        V ours = ownership.requireOurs(device);
        D previous = ownership.requireOurs(old);
        D next = ownership.requireOurs(target);
        ours.lock().with(() -> {
            requirePossible(ours, pasid, next);
            ours.attachments().requireCurrent(pasid, old);
            if (previous != next) {
                withTables(ours, pasid, () -> replaceLocked(ours, pasid, previous, next));
            }
        });
    }

    /**
     * Throws unless {@code target} can be put behind {@code pasid} now, whatever is there.
     *
     * @throws IommuException EINVAL, EOPNOTSUPP, EBUSY
     */
    public final void requirePossible(V device, Pasid pasid, D target) {
        device.requirePasid(pasid);
        requireFits(device, pasid, target);
    }

    private void replaceLocked(V device, Pasid pasid, D previous, D target) {
        target.join(device, pasid);
        DomainSwitch change;
        try {
            change = newSwitch(device, pasid, previous, target);
            change.prepare();
        } catch (IommuException e) {
            target.leave(device, pasid);
            throw e;
        }
        events.planned(device.name(), pasid, change.kind());
        try {
            change.carryOut();
            drainPageRequests(device, pasid, previous);
        } catch (IommuException e) {
            giveUp(device, pasid, target, change, e);
            throw e;
        }
        device.interrupted().settle(pasid);
        previous.leave(device, pasid);
        device.attachments().record(pasid, target);
    }

    /**
     * The hardware stopped answering. Half-way some DMA may see the old domain, some the new: the PASID is blocked then, and
     * both domains keep it as their user, since both may be cached, until a later change gets through.
     */
    private void giveUp(V device, Pasid pasid, D target, DomainSwitch change, IommuException failure) {
        if (change.isOldInForce(failure)) {
            target.leave(device, pasid);
            device.interrupted().note(pasid, change.possiblyCached(failure), List.of());
            return;
        }
        device.interrupted().note(pasid, change.possiblyCached(failure), List.of(target));
        change.block();
        events.warning(device.name() + ", " + pasid + ": blocked, because the IOMMU did not complete the change to "
                + target.name() + "; detach it, or attach it anew");
    }

    /**
     * Blocks {@code pasid}, which stays attached to {@code dead}, because that domain's table is about to go. Does nothing
     * if something else is attached by now. What {@code dead} puts behind a PASID has to be nothing by now.
     */
    public final void fence(IommuDevice device, Pasid pasid, D dead) {
        V ours = ownership.requireOurs(device);
        ours.lock().with(() -> {
            if (ours.attachments().current(pasid) == dead) {
                withTables(ours, pasid, () -> fenceLocked(ours, pasid, dead));
            }
        });
    }

    private void fenceLocked(V device, Pasid pasid, D dead) {
        DomainSwitch change = newSwitch(device, pasid, dead, dead);
        try {
            change.prepare();
            change.carryOut();
        } catch (IommuException e) {
            change.block();
            events.warning(
                    device.name() + ", " + pasid + ": DMA may still reach " + dead.name() + ": " + e.getMessage());
        }
    }
}
