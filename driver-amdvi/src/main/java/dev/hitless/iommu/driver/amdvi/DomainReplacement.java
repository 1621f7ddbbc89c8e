package dev.hitless.iommu.driver.amdvi;

import dev.hitless.iommu.api.Errno;
import dev.hitless.iommu.api.IommuDevice;
import dev.hitless.iommu.api.IommuDomain;
import dev.hitless.iommu.api.IommuException;
import dev.hitless.iommu.api.Pasid;
import dev.hitless.iommu.api.ReplaceGuarantee;
import dev.hitless.iommu.driver.support.track.DomainUser;
import java.util.List;

/**
 * Puts a domain behind a PASID, or behind requests without one, in place of another.
 *
 * <ol>
 *   <li>Check everything. Allocate everything. Nothing has changed if that fails.
 *   <li>Make the PASID a user of the new domain: an unmap there reaches it from now on.
 *   <li>Switch; wait for every invalidation: {@link DomainSwitch}.
 *   <li>Take it off the old domain: an unmap there has reached it until now.
 * </ol>
 */
class DomainReplacement {
    private final AmdviDriver driver;
    private final AmdviUnit unit;
    private final AttachmentRules rules = new AttachmentRules();

    DomainReplacement(AmdviDriver driver, AmdviUnit unit) {
        this.driver = driver;
        this.unit = unit;
    }

    /** As {@link IommuDomain#setDevPasid}, of {@code target}. */
    final void replace(IommuDevice device, Pasid pasid, IommuDomain old, AmdviDomain target) {
        AmdviDevice ours = requireOurs(device);
        AmdviDomain previous = requireOurs(old);
        ours.lock().with(() -> {
            rules.requirePossible(ours, pasid);
            ours.attachments().requireCurrent(pasid, old);
            if (previous != target) {
                rules.requireFits(ours, pasid, target);
                replace(ours, pasid, previous, target);
            }
        });
    }

    /** With the device's lock held. */
    private void replace(AmdviDevice device, Pasid pasid, AmdviDomain previous, AmdviDomain target) {
        DomainSwitch change = newSwitch(device, pasid, previous, target);
        target.join(device, pasid);
        try {
            change.prepare();
        } catch (IommuException e) {
            target.leave(device, pasid);
            throw e;
        }
        unit.events().planned(device.name(), pasid, change.kind());
        try {
            change.carryOut();
            drainPageRequests(device, previous);
        } catch (IommuException e) {
            // Some DMA may see the old domain, some the new. Both keep the user, as both may be cached.
            change.block();
            device.addLingering(pasid, target);
            unit.events()
                    .warning(device.name() + ", " + pasid
                            + ": blocked, because the IOMMU did not complete the change to " + target.name()
                            + "; detach it, or attach it anew");
            throw e;
        }
        device.settle(pasid);
        previous.leave(device, pasid);
        device.attachments().record(pasid, target);
    }

    /** How the switch is made. */
    DomainSwitch newSwitch(AmdviDevice device, Pasid pasid, AmdviDomain previous, AmdviDomain target) {
        return pasid.isNone()
                ? new RequesterSwitch(unit, device, previous, target)
                : new PasidSwitch(unit, device, pasid, target);
    }

    /** There is no command for it: what is in the log when the device's invalidation is complete is all there is. */
    private void drainPageRequests(AmdviDevice device, AmdviDomain previous) {
        PageRequestLog pageRequests = unit.pageRequests();
        if (pageRequests != null && device.sendsPageRequests() && previous != driver.blockedDomain()) {
            pageRequests.service();
        }
    }

    /**
     * Blocks {@code pasid}, which stays attached to {@code dead}, because that domain's table is about to go. Does nothing
     * if something else is attached by now.
     */
    final void fence(AmdviDevice device, Pasid pasid, AmdviDomain dead) {
        device.lock().with(() -> {
            if (device.attachments().current(pasid) != dead) {
                return;
            }
            try {
                newSwitch(device, pasid, dead, dead).carryOut();
            } catch (IommuException e) {
                unit.events()
                        .warning(device.name() + ", " + pasid + ": DMA may still reach " + dead.name() + ": "
                                + e.getMessage());
            }
        });
    }

    /** As {@code IommuDriver.replaceGuarantee}. */
    final ReplaceGuarantee guarantee(IommuDevice device, Pasid pasid, IommuDomain old, IommuDomain target) {
        try {
            AmdviDevice ours = requireOurs(device);
            AmdviDomain previous = requireOurs(old);
            AmdviDomain next = requireOurs(target);
            next.requireNotFreed();
            rules.requirePossible(ours, pasid);
            rules.requireFits(ours, pasid, next);
            if (!pasid.isNone() || previous == driver.blockedDomain() || next == driver.blockedDomain()) {
                return ReplaceGuarantee.HITLESS;
            }
            boolean parked = unit.writer()
                    .plan(previous.deviceTableEntry(ours), next.deviceTableEntry(ours))
                    .parked();
            return parked ? ReplaceGuarantee.BREAK_BEFORE_MAKE : ReplaceGuarantee.HITLESS;
        } catch (IommuException e) {
            return ReplaceGuarantee.UNSUPPORTED;
        }
    }

    /** The user as invalidations take it. */
    static List<DomainUser> user(AmdviDevice device, Pasid pasid) {
        return List.of(new DomainUser(device, pasid));
    }

    /** {@code device}, if this driver probed it. Throws EINVAL. */
    final AmdviDevice requireOurs(IommuDevice device) {
        if (device instanceof AmdviDevice ours && ours.driver() == driver) {
            return ours;
        }
        throw new IommuException(Errno.EINVAL, "device " + device.name() + " was not probed by this driver instance");
    }

    /** {@code domain}, if this driver made it. Throws EINVAL. */
    final AmdviDomain requireOurs(IommuDomain domain) {
        if (domain instanceof AmdviDomain ours && ours.driver() == driver) {
            return ours;
        }
        throw new IommuException(Errno.EINVAL, "domain " + domain.name() + " was not made by this driver instance");
    }
}
