package dev.hitless.iommu.driver.support.domain;

import dev.hitless.iommu.api.AddressSpace;
import dev.hitless.iommu.api.AddressSpaceListener;
import dev.hitless.iommu.api.DomainType;
import dev.hitless.iommu.api.IommuException;
import dev.hitless.iommu.api.platform.EventSink;
import dev.hitless.iommu.driver.support.track.DomainUser;
import java.util.List;

/**
 * A CPU address space behind PASIDs. Its table belongs to the CPU's memory management, which says what it took out and when
 * the table goes; a driver says how its hardware forgets that.
 */
public abstract class SharedDomain extends AllocatedDomain implements AddressSpaceListener {
    private final AddressSpace addressSpace;
    private final EventSink events;
    private final InvalidationDebt debt = new InvalidationDebt();
    private volatile boolean dead;

    /**
     * A domain that hears of nothing until {@link #listen}.
     *
     * @param name given by {@link DomainRegistry#add}
     */
    protected SharedDomain(DomainOwner owner, String name, AddressSpace addressSpace, EventSink events) {
        super(owner, DomainType.SVA, name);
        this.addressSpace = addressSpace;
        this.events = events;
    }

    /** To be called last when a domain is made: from then on every change is heard of. */
    protected final void listen() {
        addressSpace.addListener(this);
    }

    /** Makes every cache forget {@code lengthBytes} from {@code address} on. Throws what hardware failed with. */
    protected abstract void forget(long address, long lengthBytes);

    /** Makes every cache forget the whole address space. Throws what hardware failed with. */
    protected abstract void forgetAll();

    /** Lets nothing of a user's lead to the table any more. The address space is {@link #isDead dead} by now. */
    protected abstract void fence(DomainUser user);

    /** All of {@code users} are fenced. */
    protected void fenced(List<DomainUser> users) {}

    /** Gives ids and tables of the driver's own back. */
    protected abstract void giveBack();

    /** Whether nothing may lead to the table any more, not even going back to this domain. */
    protected final boolean isDead() {
        return dead;
    }

    @Override
    public final String matrixName() {
        return "SVA";
    }

    @Override
    public final void invalidate(long address, long lengthBytes) {
        long failures = debt.failures();
        try {
            if (debt.isOwed()) {
                forgetAll();
                debt.paid(failures);
            } else {
                forget(address, lengthBytes);
            }
        } catch (IommuException e) {
            debt.failed();
            warn("0x" + Long.toHexString(address) + " and up", e);
        }
    }

    @Override
    public final void released() {
        // First this, then the users: who joins later finds it dead when it asks for what to write.
        dead = true;
        List<DomainUser> known = users().snapshot();
        known.forEach(this::fence);
        try {
            fenced(known);
        } catch (IommuException e) {
            warn("it", e);
        }
    }

    private void warn(String what, IommuException failure) {
        events.warning("address space " + addressSpace.name() + ": devices may still reach " + what + ": "
                + failure.getMessage());
    }

    @Override
    protected final void release() {
        addressSpace.removeListener(this);
        giveBack();
    }
}
