package dev.hitless.iommu.driver.smmuv3;

import dev.hitless.iommu.api.DomainType;
import dev.hitless.iommu.api.Errno;
import dev.hitless.iommu.api.IommuException;
import dev.hitless.iommu.api.Pasid;
import dev.hitless.iommu.driver.support.event.PageRequests;
import dev.hitless.iommu.driver.support.replace.DomainReplacement;
import dev.hitless.iommu.driver.support.replace.DomainSwitch;
import dev.hitless.iommu.driver.support.replace.Ownership;

/** Puts a domain behind a PASID, which selects a context descriptor, or behind requests without. */
class SmmuReplacement extends DomainReplacement<Smmuv3Device, SmmuDomain> {
    private final SmmuUnit unit;
    private final ChangePlanner planner;

    SmmuReplacement(Ownership<Smmuv3Device, SmmuDomain> ownership, SmmuUnit unit, ChangePlanner planner) {
        super(ownership, unit.events());
        this.unit = unit;
        this.planner = planner;
    }

    @Override
    protected DomainSwitch newSwitch(Smmuv3Device device, Pasid pasid, SmmuDomain previous, SmmuDomain target) {
        return new SmmuSwitch(unit, planner, device, pasid, previous, target);
    }

    /** There is no command for it: what is in the queue after the CMD_SYNC behind the ATC invalidations is all there is. */
    @Override
    protected void drainPageRequests(Smmuv3Device device, Pasid pasid, SmmuDomain previous) {
        PageRequests pageRequests = unit.pageRequests();
        if (pageRequests != null && device.features().sendsPageRequests() && previous.type() != DomainType.BLOCKED) {
            pageRequests.service();
        }
    }

    /** What leads to exchanged tables: the pointers to pages of context descriptors, and of stream table entries. */
    @Override
    protected void forgetRemains(Smmuv3Device device, Pasid pasid) {
        ContextTable contexts = device.contexts();
        if (contexts != null && contexts.hasRetired()) {
            unit.invalidations().streams(device.streamIds());
            unit.invalidations().contextDescriptors(device.streamIds());
            contexts.freeRetired();
        }
        if (pasid.isNone() && unit.streams().hasRetired()) {
            unit.invalidations().allConfiguration();
            unit.streams().freeRetired();
        }
    }

    /** With the stream table to itself, if a change may store to it. */
    @Override
    protected void withTables(Smmuv3Device device, Pasid pasid, Runnable change) {
        ContextTable contexts = device.contexts();
        boolean descriptorsOnly = !pasid.isNone() && contexts != null && contexts.isTwoLevel();
        if (descriptorsOnly) {
            change.run();
        } else {
            unit.streams().lock().with(change);
        }
    }

    @Override
    protected void requireFits(Smmuv3Device device, Pasid pasid, SmmuDomain target) {
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
        if (target.type() == DomainType.BLOCKED) {
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
}
