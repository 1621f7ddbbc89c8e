package dev.hitless.iommu.driver.amdvi;

import dev.hitless.iommu.api.DeviceDescription;
import dev.hitless.iommu.driver.support.device.PciFeatures;
import dev.hitless.iommu.driver.support.device.ProbedDevice;
import dev.hitless.iommu.driver.support.unit.DriverLocks;
import org.jspecify.annotations.Nullable;

/**
 * A probed function: its DomainID, its GCR3 table, and what its device-table entries hold.
 *
 * <p>DomainID, GCR3 table and depth of v2 tables are its own for life. No other device has its DomainID, so no tag ever
 * stands for two GCR3 tables.
 */
final class AmdviDevice extends ProbedDevice<AmdviDomain> {
    private final DeviceResources resources;
    private DeviceTableEntry entry = DeviceTableEntry.BLOCKED;

    AmdviDevice(
            AmdviDriver driver,
            DeviceDescription description,
            PciFeatures features,
            DeviceResources resources,
            DriverLocks locks) {
        super(driver, description, features, locks);
        this.resources = resources;
    }

    int domainId() {
        return resources.domainId();
    }

    /** Its GCR3 table; null on hardware without v2 tables. */
    @Nullable
    Gcr3Table gcr3() {
        return resources.gcr3();
    }

    /** What its device-table entries hold. */
    DeviceTableEntry entry() {
        return entry;
    }

    /** Notes what its device-table entries hold. */
    void noteEntry(DeviceTableEntry written) {
        entry = written;
    }

    /** An entry to which host translation is to be added; the guest path is off. */
    DeviceTableEntry hostEntry() {
        return guestEntry(true).withoutGuest();
    }

    /**
     * The entry with the guest path on. Without a GCR3 table: an entry that blocks.
     *
     * @param forRequestsWithoutPasid whether they take it, too, as PASID 0
     */
    DeviceTableEntry guestEntry(boolean forRequestsWithoutPasid) {
        DeviceTableEntry base = new DeviceTableEntry(
                DeviceTableEntry.VALID | (features().pri() ? DeviceTableEntry.PAGE_REQUESTS : 0),
                domainId() | (features().ats() ? DeviceTableEntry.ATS : 0),
                0);
        Gcr3Table gcr3 = resources.gcr3();
        return gcr3 == null
                ? base
                : base.withHost(0, 0)
                        .withGuest(
                                new Gcr3Pointer(gcr3.root(), gcr3.levels(), resources.fiveLevels()),
                                forRequestsWithoutPasid);
    }
}
