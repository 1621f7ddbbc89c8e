package dev.hitless.iommu.driver.vtd;

import dev.hitless.iommu.api.Errno;
import dev.hitless.iommu.api.IommuDevice;
import dev.hitless.iommu.api.IommuDomain;
import dev.hitless.iommu.api.IommuException;
import dev.hitless.iommu.api.Pasid;
import dev.hitless.iommu.driver.support.update.EntryContent;
import dev.hitless.iommu.driver.support.update.UpdateInterruptedException;
import java.util.ArrayList;
import java.util.List;

/**
 * Puts a domain behind a PASID, in place of another.
 *
 * <ol>
 *   <li>Check everything. Allocate everything. Nothing has changed if that fails.
 *   <li>Make the PASID a user of the new domain: an unmap there reaches it from now on.
 *   <li>Change the entry; wait for every invalidation; drain page requests.
 *   <li>Take it off the old domain: an unmap there has reached it until now.
 * </ol>
 */
class PasidReplacement {
    private final VtdDriver driver;
    private final RemappingUnit unit;

    PasidReplacement(VtdDriver driver, RemappingUnit unit) {
        this.driver = driver;
        this.unit = unit;
    }

    /** As {@link IommuDomain#setDevPasid}, of {@code target}. */
    void replace(IommuDevice device, Pasid pasid, IommuDomain old, VtdDomain target) {
        VtdDevice ours = requireOurs(device);
        VtdDomain previous = requireOurs(old);
        ours.lock().with(() -> {
            requirePossible(ours, pasid);
            ours.attachments().requireCurrent(pasid, old);
            if (previous != target) {
                replace(ours, pasid, previous, target);
            }
        });
    }

    /** With the device's lock held. */
    private void replace(VtdDevice device, Pasid pasid, VtdDomain previous, VtdDomain target) {
        target.join(device, pasid);
        PasidUpdate update;
        try {
            device.directory().addLeaf(pasid);
            update = unit.writer().prepare(device, pasid, target.entry());
        } catch (IommuException e) {
            target.leave(device, pasid);
            throw e;
        }
        unit.events().planned(device.name(), pasid, update.kind());
        try {
            update.carryOut();
            drainPageRequests(device, pasid, previous);
        } catch (UpdateInterruptedException e) {
            if (e.oldStillInForce()) {
                target.leave(device, pasid);
                noteInterrupted(device, pasid, e.possiblyCached(), List.of());
            } else {
                fence(device, pasid, update, target);
            }
            throw e;
        } catch (IommuException e) {
            fence(device, pasid, update, target);
            throw e;
        }
        settleInterrupted(device, pasid);
        previous.leave(device, pasid);
        device.attachments().record(pasid, target);
    }

    private void drainPageRequests(VtdDevice device, Pasid pasid, VtdDomain previous) {
        PageRequestQueue pageRequests = unit.pageRequests();
        if (pageRequests != null && device.sendsPageRequests() && previous != driver.blockedDomain()) {
            pageRequests.drain(device, pasid, previous.tag(pasid));
        }
    }

    /**
     * The hardware stopped answering half-way: some DMA may see the old domain, some the new. Blocks the PASID; both
     * domains keep it as their user, since both may be cached, until a later change gets through.
     */
    private void fence(VtdDevice device, Pasid pasid, PasidUpdate update, VtdDomain target) {
        List<EntryContent> contents =
                List.of(update.plan().from(), update.plan().to());
        noteInterrupted(device, pasid, contents, List.of(target));
        blockAtOnce(device, pasid);
        unit.events()
                .warning(device.name() + ", " + pasid + ": blocked, because the IOMMU did not complete the change to "
                        + target.name() + "; detach it, or attach it anew");
    }

    private void noteInterrupted(
            VtdDevice device, Pasid pasid, List<EntryContent> contents, List<VtdDomain> lingering) {
        List<EntryContent> allContents = new ArrayList<>(contents);
        List<VtdDomain> allLingering = new ArrayList<>(lingering);
        InterruptedUpdate earlier = device.interruptedUpdate(pasid);
        if (earlier != null) {
            allContents.addAll(earlier.possiblyCached());
            allLingering.addAll(earlier.lingering());
        }
        device.noteInterruptedUpdate(
                pasid, new InterruptedUpdate(allContents.stream().distinct().toList(), allLingering));
    }

    private static void settleInterrupted(VtdDevice device, Pasid pasid) {
        InterruptedUpdate interrupted = device.interruptedUpdate(pasid);
        if (interrupted != null) {
            interrupted.lingering().forEach(domain -> domain.leave(device, pasid));
            device.noteInterruptedUpdate(pasid, null);
        }
    }

    /** Clears P, with nothing invalidated. */
    private void blockAtOnce(VtdDevice device, Pasid pasid) {
        long address = device.directory().entryAddress(pasid);
        long word0 = unit.tables().load(address);
        unit.tables().publish(address, (word0 & ~PasidEntry.PRESENT) | PasidEntry.FAULT_PROCESSING_DISABLE);
    }

    /**
     * Blocks {@code pasid}, which stays attached to {@code dead}, because that domain's table is about to go. Does nothing
     * if something else is attached by now.
     */
    void fence(VtdDevice device, Pasid pasid, VtdDomain dead) {
        device.lock().with(() -> {
            if (device.attachments().current(pasid) != dead) {
                return;
            }
            try {
                unit.writer().prepare(device, pasid, PasidEntry.FENCED).carryOut();
            } catch (IommuException e) {
                blockAtOnce(device, pasid);
                unit.events()
                        .warning(device.name() + ", " + pasid + ": DMA may still reach " + dead.name() + ": "
                                + e.getMessage());
            }
        });
    }

    /** Throws unless {@code device} can have domains behind {@code pasid}. */
    void requirePossible(VtdDevice device, Pasid pasid) {
        if (device.isReleased()) {
            throw new IommuException(Errno.EINVAL, "device " + device.name() + " was released; probe it again");
        }
        if (pasid.isNone()) {
            return;
        }
        if (device.maxPasids() == 0) {
            throw new IommuException(
                    Errno.EOPNOTSUPP,
                    "device " + device.name() + ", " + pasid + ": the device or its IOMMU has no PASIDs; use "
                            + Pasid.NONE);
        }
        if (pasid.value() >= device.maxPasids()) {
            throw new IommuException(
                    Errno.EINVAL,
                    "device " + device.name() + ", " + pasid + ": its PASIDs are below 0x"
                            + Integer.toHexString(device.maxPasids()));
        }
    }

    /** {@code device}, if this driver probed it. Throws EINVAL. */
    VtdDevice requireOurs(IommuDevice device) {
        if (device instanceof VtdDevice ours && ours.driver() == driver) {
            return ours;
        }
        throw new IommuException(Errno.EINVAL, "device " + device.name() + " was not probed by this driver instance");
    }

    /** {@code domain}, if this driver made it. Throws EINVAL. */
    VtdDomain requireOurs(IommuDomain domain) {
        if (domain instanceof VtdDomain ours && ours.driver() == driver) {
            return ours;
        }
        throw new IommuException(Errno.EINVAL, "domain " + domain.name() + " was not made by this driver instance");
    }
}
