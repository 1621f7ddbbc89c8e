package dev.hitless.iommu.driver.smmuv3;

import dev.hitless.iommu.api.Errno;
import dev.hitless.iommu.api.IommuDevice;
import dev.hitless.iommu.api.IommuDomain;
import dev.hitless.iommu.api.IommuException;
import dev.hitless.iommu.api.Pasid;
import dev.hitless.iommu.driver.support.track.DomainUser;
import java.util.ArrayList;
import java.util.List;

/**
 * Puts a domain behind a PASID, or behind requests without, in place of another.
 *
 * <ol>
 *   <li>Check everything. Allocate everything. Nothing has changed if that fails.
 *   <li>Make the PASID a user of the new domain: an unmap there reaches it from now on.
 *   <li>Change the entries, and wait until no copy of the old ones is left (CFGI).
 *   <li>Drop the old domain's translations (TLBI) and wait; only then the device's (ATC_INV) and wait.
 *   <li>Hand over page requests that have arrived. Take the PASID off the old domain: an unmap there has reached it until
 *       now.
 * </ol>
 */
class DomainReplacement {
    private final Smmuv3Driver driver;
    private final SmmuUnit unit;
    private final ChangePlanner planner;

    DomainReplacement(Smmuv3Driver driver, SmmuUnit unit, ChangePlanner planner) {
        this.driver = driver;
        this.unit = unit;
        this.planner = planner;
    }

    /** As {@link IommuDomain#setDevPasid}, of {@code target}. */
    void replace(IommuDevice device, Pasid pasid, IommuDomain old, SmmuDomain target) {
        Smmuv3Device ours = requireOurs(device);
        SmmuDomain previous = requireOurs(old);
        ours.lock().with(() -> {
            requirePossible(ours, pasid, target);
            ours.attachments().requireCurrent(pasid, old);
            if (previous != target) {
                withTables(ours, pasid, () -> replace(ours, pasid, previous, target));
            }
        });
    }

    /** With the stream table to itself, if a change may store to it. */
    private void withTables(Smmuv3Device device, Pasid pasid, Runnable change) {
        ContextTable contexts = device.contexts();
        boolean descriptorsOnly = !pasid.isNone() && contexts != null && contexts.isTwoLevel();
        if (descriptorsOnly) {
            change.run();
        } else {
            unit.streams().lock().with(change);
        }
    }

    /** With the locks held. */
    private void replace(Smmuv3Device device, Pasid pasid, SmmuDomain previous, SmmuDomain target) {
        target.join(device, pasid);
        DomainChange change;
        try {
            change = planner.prepare(device, pasid, previous, target);
        } catch (IommuException e) {
            target.leave(device, pasid);
            throw e;
        }
        unit.events().planned(device.name(), pasid, change.kind());
        try {
            change.carryOut();
            forget(device, pasid, previous);
        } catch (InterruptedChange e) {
            if (e.nothingChanged()) {
                target.leave(device, pasid);
                noteInterrupted(device, pasid, List.of());
            } else {
                fence(device, pasid, target);
            }
            throw e;
        } catch (IommuException e) {
            fence(device, pasid, target);
            throw e;
        }
        settle(device, pasid);
        previous.leave(device, pasid);
        device.attachments().record(pasid, target);
    }

    /** Has everybody forget {@code previous}, and what an interrupted change may have left. */
    private void forget(Smmuv3Device device, Pasid pasid, SmmuDomain previous) {
        List<SmmuDomain> lingering = device.interrupted(pasid);
        if (previous == driver.blockedDomain() && lingering == null) {
            return;
        }
        unit.invalidations().translations(previous.tag());
        if (lingering != null) {
            lingering.forEach(domain -> unit.invalidations().translations(domain.tag()));
        }
        unit.invalidations().devices(List.of(new DomainUser(device, pasid)), List.of(AddressSpan.EVERYTHING));
        PageRequestQueue pageRequests = unit.pageRequests();
        if (pageRequests != null && device.sendsPageRequests()) {
            pageRequests.service();
        }
    }

    /**
     * The hardware stopped answering half-way: some DMA may see the old domain, some the new. Blocks the PASID; both
     * domains keep it as their user, since both may be cached, until a later change gets through.
     */
    private void fence(Smmuv3Device device, Pasid pasid, SmmuDomain target) {
        noteInterrupted(device, pasid, List.of(target));
        blockAtOnce(device, pasid);
        unit.events()
                .warning(device.name() + ", " + pasid + ": blocked, because the SMMU did not complete the change to "
                        + target.name() + "; detach it, or attach it anew");
    }

    private static void noteInterrupted(Smmuv3Device device, Pasid pasid, List<SmmuDomain> lingering) {
        List<SmmuDomain> all = new ArrayList<>(lingering);
        List<SmmuDomain> earlier = device.interrupted(pasid);
        if (earlier != null) {
            all.addAll(earlier);
        }
        device.noteInterrupted(pasid, all);
    }

    private static void settle(Smmuv3Device device, Pasid pasid) {
        List<SmmuDomain> lingering = device.interrupted(pasid);
        if (lingering != null) {
            lingering.forEach(domain -> domain.leave(device, pasid));
            device.noteSettled(pasid);
        }
    }

    /** One store for each entry, with nothing invalidated. */
    private void blockAtOnce(Smmuv3Device device, Pasid pasid) {
        ContextTable contexts = device.contexts();
        if (!pasid.isNone() && contexts != null) {
            EntryPlace place = contexts.place(pasid.value());
            long address = place.leaf() + place.offset();
            unit.tables().publish(address, unit.tables().load(address) & ~ContextDescriptor.VALID);
            return;
        }
        for (int streamId : device.streamIds()) {
            long address = unit.streams().entryAddress(streamId);
            long word0 = unit.tables().load(address);
            if (device.hasSubstreams() && (word0 & StreamTableEntry.CONFIG) == StreamTableEntry.CONFIG_STAGE_1) {
                long word1 = unit.tables().load(address + 8);
                unit.tables().publish(address + 8, word1 & ~StreamTableEntry.S1DSS);
            } else {
                unit.tables().publish(address, StreamTableEntry.VALID);
            }
        }
    }

    /**
     * Blocks {@code pasid}, which stays attached to {@code dead}, because that domain's table is about to go. Does nothing
     * if something else is attached by now.
     */
    void fence(Smmuv3Device device, Pasid pasid, SvaDomain dead) {
        device.lock().with(() -> {
            if (device.attachments().current(pasid) != dead) {
                return;
            }
            withTables(device, pasid, () -> {
                try {
                    planner.prepare(device, pasid, dead, dead).carryOut();
                    forget(device, pasid, dead);
                } catch (IommuException e) {
                    blockAtOnce(device, pasid);
                    unit.events()
                            .warning(device.name() + ", " + pasid + ": DMA may still reach " + dead.name() + ": "
                                    + e.getMessage());
                }
            });
        });
    }

    /** Throws unless {@code target} can stand behind {@code pasid} of {@code device}, beside what else is attached. */
    void requirePossible(Smmuv3Device device, Pasid pasid, SmmuDomain target) {
        if (device.isReleased()) {
            throw refusal(Errno.EINVAL, device, pasid, "the device was released; probe it again");
        }
        if (pasid.isNone()) {
            if (target.usesStage2() && device.attachments().pasidsInUse() > 0) {
                throw refusal(
                        Errno.EBUSY,
                        device,
                        pasid,
                        target.name() + " puts stage 2 under all requests; detach the device's PASIDs first");
            }
            return;
        }
        if (device.maxPasids() == 0) {
            throw refusal(Errno.EOPNOTSUPP, device, pasid, "the device or its SMMU has no PASIDs; use " + Pasid.NONE);
        }
        if (pasid.value() >= device.maxPasids()) {
            throw refusal(
                    Errno.EINVAL, device, pasid, "its PASIDs are below 0x" + Integer.toHexString(device.maxPasids()));
        }
        if (target == driver.blockedDomain()) {
            return;
        }
        if (!target.usesContextDescriptor()) {
            throw refusal(
                    Errno.EOPNOTSUPP,
                    device,
                    pasid,
                    "a PASID selects a context descriptor, so " + target.name()
                            + " cannot stand behind it; use stage 1");
        }
        SmmuDomain withoutPasid = (SmmuDomain) device.attachments().current(Pasid.NONE);
        if (withoutPasid.usesStage2()) {
            throw refusal(
                    Errno.EBUSY,
                    device,
                    pasid,
                    withoutPasid.name() + " puts stage 2 under all requests; detach it from " + Pasid.NONE + " first");
        }
    }

    private static IommuException refusal(Errno errno, Smmuv3Device device, Pasid pasid, String reason) {
        return new IommuException(errno, "device " + device.name() + ", " + pasid + ": " + reason);
    }

    /** {@code device}, if this driver probed it. Throws EINVAL. */
    Smmuv3Device requireOurs(IommuDevice device) {
        if (device instanceof Smmuv3Device ours && ours.driver() == driver) {
            return ours;
        }
        throw new IommuException(Errno.EINVAL, "device " + device.name() + " was not probed by this driver instance");
    }

    /** {@code domain}, if this driver made it. Throws EINVAL. */
    SmmuDomain requireOurs(IommuDomain domain) {
        if (domain instanceof SmmuDomain ours && ours.driver() == driver) {
            return ours;
        }
        throw new IommuException(Errno.EINVAL, "domain " + domain.name() + " was not made by this driver instance");
    }
}
