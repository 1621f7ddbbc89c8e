package dev.hitless.iommu.driver.amdvi;

import dev.hitless.iommu.api.Errno;
import dev.hitless.iommu.api.IommuDomain;
import dev.hitless.iommu.api.IommuException;
import dev.hitless.iommu.api.Pasid;

/** What can be attached where. With the device's lock held, or for a promise that holds as long as nothing changes. */
final class AttachmentRules {
    /**
     * Throws unless {@code target} can be behind {@code pasid}, beside what is attached to the device now.
     *
     * <p>A v1 table, a guest's own tables included, and live PASIDs exclude each other: with Mode other than 0 a GCR3
     * table leads to guest-physical addresses.
     *
     * @throws IommuException EOPNOTSUPP (never), EBUSY (not beside the rest)
     */
    void requireFits(AmdviDevice device, Pasid pasid, AmdviDomain target) {
        if (pasid.isNone()) {
            requireFitsRequests(device, target);
        } else {
            requireFitsPasid(device, pasid, target);
        }
    }

    private static void requireFitsRequests(AmdviDevice device, AmdviDomain target) {
        if (!target.fitsRequestsWithoutPasid()) {
            throw new IommuException(
                    Errno.EOPNOTSUPP,
                    where(device, Pasid.NONE) + "domain " + target.name() + " can be behind PASIDs only");
        }
        int pasids = device.attachments().pasidsInUse();
        if (!target.leavesPasids() && pasids > 0) {
            throw new IommuException(
                    Errno.EBUSY,
                    where(device, Pasid.NONE) + "domain " + target.name() + " has host tables, beside which " + pasids
                            + " PASIDs in use cannot live; detach them first");
        }
    }

    private static void requireFitsPasid(AmdviDevice device, Pasid pasid, AmdviDomain target) {
        if (!target.fitsPasid()) {
            throw new IommuException(
                    Errno.EOPNOTSUPP,
                    where(device, pasid) + "domain " + target.name()
                            + " cannot be behind a PASID, as a GCR3 entry can name v2 tables only; use a v2 format");
        }
        IommuDomain beside = device.attachments().current(Pasid.NONE);
        if (!((AmdviDomain) beside).leavesPasids()) {
            throw new IommuException(
                    Errno.EBUSY,
                    where(device, pasid) + "domain " + beside.name() + ", attached for " + Pasid.NONE
                            + ", has host tables, beside which PASIDs cannot live; replace that first");
        }
    }

    private static String where(AmdviDevice device, Pasid pasid) {
        return "device " + device.name() + ", " + pasid + ": ";
    }
}
