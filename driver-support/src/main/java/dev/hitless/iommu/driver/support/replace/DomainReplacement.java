package dev.hitless.iommu.driver.support.replace;

import dev.hitless.iommu.api.DomainType;
import dev.hitless.iommu.api.IommuDevice;
import dev.hitless.iommu.api.IommuDomain;
import dev.hitless.iommu.api.IommuException;
import dev.hitless.iommu.api.Pasid;
import dev.hitless.iommu.api.platform.EventSink;
import dev.hitless.iommu.driver.support.device.ProbedDevice;
import dev.hitless.iommu.driver.support.domain.AttachableDomain;
import dev.hitless.iommu.driver.support.domain.DomainReplacer;
import java.util.LinkedHashSet;
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
 * <p>When hardware stops in the middle of the third step, the PASID is fenced: blocked, and recorded as blocked. The caller
 * is told that the change has failed, and may go on to name what was attached before as {@code old}.
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

    /**
     * Has hardware forget what an interrupted change of {@code pasid} left beside translations, and frees it: called when a
     * later change has got that far. Throws EIO, ETIMEDOUT.
     */
    protected void forgetRemains(V device, Pasid pasid) {}

    /** Runs a change with everything locked, beside the device, that it may store to. */
    protected void withTables(V device, Pasid pasid, Runnable change) {
        change.run();
    }

    @Override
    public final void replace(IommuDevice device, Pasid pasid, IommuDomain old, IommuDomain target) {
        V ours = ownership.requireOurs(device);
        ownership.requireOurs(old);
        D next = ownership.requireOurs(target);
        ours.lock().with(() -> {
            requirePossible(ours, pasid, next);
            ours.attachments().requireCurrent(pasid, old);
            D previous = ownership.requireOurs(ours.attachments().current(pasid));
            if (previous != next || ours.interrupted().concern(pasid)) {
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
            drainLingering(device, pasid);
            if (device.interrupted().concern(pasid)) {
                forgetRemains(device, pasid);
            }
        } catch (IommuException e) {
            giveUp(device, pasid, previous, target, change, e);
            throw e;
        }
        device.interrupted().settle(pasid);
        previous.leave(device, pasid);
        device.attachments().record(pasid, target);
    }

    /** Domains that an interrupted change left behind may have page requests to answer still, and go free after this. */
    private void drainLingering(V device, Pasid pasid) {
        new LinkedHashSet<>(device.interrupted().lingering(pasid))
                .forEach(domain -> drainPageRequests(device, pasid, domain));
    }

    /**
     * The hardware stopped answering. Half-way some DMA may see the old domain, some the new: the PASID is blocked then, and
     * both domains keep it as their user, since both may be cached, until a later change gets through. The first such is
     * tried at once: maybe only the device does not answer.
     */
    private void giveUp(V device, Pasid pasid, D previous, D target, DomainSwitch change, IommuException failure) {
        if (change.isOldInForce(failure)) {
            target.leave(device, pasid);
            device.interrupted().note(pasid, change.possiblyCached(failure), List.of());
            return;
        }
        device.interrupted().note(pasid, change.possiblyCached(failure), List.of(previous, target));
        change.block();
        device.attachments().fence(pasid);
        events.warning(device.name() + ", " + pasid + ": blocked, because the IOMMU did not complete the change to "
                + target.name() + "; detach it, or attach it anew");
        makeForget(device, pasid);
    }

    /** Blocks what is blocked already, with everything dropped; leaves the rest to a later change if that fails. */
    private void makeForget(V device, Pasid pasid) {
        D blocked = ownership.requireOurs(device.driver().blockedDomain());
        DomainSwitch change = newSwitch(device, pasid, blocked, blocked);
        try {
            change.prepare();
            change.carryOut();
            drainLingering(device, pasid);
            forgetRemains(device, pasid);
        } catch (IommuException e) {
            if (!change.isOldInForce(e)) {
                change.block();
                device.interrupted().note(pasid, change.possiblyCached(e), List.of());
            }
            return;
        }
        device.interrupted().settle(pasid);
    }

    @Override
    public final void cutOff(IommuDevice device, Pasid pasid) {
        V ours = ownership.requireOurs(device);
        D blocked = ownership.requireOurs(device.driver().blockedDomain());
        ours.lock().with(() -> {
            D previous = ownership.requireOurs(ours.attachments().current(pasid));
            if (previous == blocked) {
                return;
            }
            withTables(ours, pasid, () -> {
                ours.interrupted().note(pasid, List.of(), List.of(previous));
                newSwitch(ours, pasid, previous, blocked).block();
                ours.attachments().fence(pasid);
                makeForget(ours, pasid);
            });
        });
    }

    @Override
    public final void settle(IommuDevice device, Pasid pasid) {
        V ours = ownership.requireOurs(device);
        ours.lock().with(() -> {
            boolean fenced = ours.attachments().current(pasid).type() == DomainType.BLOCKED;
            if (fenced && !ours.isForgotten() && ours.interrupted().concern(pasid)) {
                withTables(ours, pasid, () -> makeForget(ours, pasid));
            }
        });
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
            device.interrupted().note(pasid, change.possiblyCached(e), List.of());
            events.warning(
                    device.name() + ", " + pasid + ": DMA may still reach " + dead.name() + ": " + e.getMessage());
        }
    }
}
