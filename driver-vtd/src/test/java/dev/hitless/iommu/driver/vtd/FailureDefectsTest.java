package dev.hitless.iommu.driver.vtd;

import dev.hitless.iommu.api.Errno;
import dev.hitless.iommu.api.IommuDriverProvider;
import dev.hitless.iommu.api.IommuException;
import dev.hitless.iommu.api.Pasid;
import dev.hitless.iommu.api.platform.ForwardingMemory;
import dev.hitless.iommu.api.platform.PhysicalMemory;
import dev.hitless.iommu.api.platform.Platform;
import dev.hitless.iommu.conformance.junit.BrokenDrivers;
import dev.hitless.iommu.conformance.junit.Defect;
import dev.hitless.iommu.driver.support.memory.AddressSpan;
import dev.hitless.iommu.driver.support.replace.Ownership;
import dev.hitless.iommu.driver.support.track.DomainUser;
import java.util.List;
import java.util.stream.Stream;

/** Drivers that are right as long as nothing fails. */
class FailureDefectsTest extends BrokenDrivers {
    private static final String FIRST_TO_FIRST = "pasid/first-stage-4-level->first-stage-4-level/";

    @Override
    protected IommuDriverProvider driver() {
        return new VtdDriverProvider();
    }

    @Override
    protected Stream<Defect> defects() {
        return Stream.of(
                defect(
                        "a page is left when another cannot be had",
                        BrokenProvider.withMemory(LeakingMemory::new),
                        "faults/" + FIRST_TO_FIRST + "alone/default",
                        "DRV-08"),
                defect(
                        "an id is used up when a page cannot be had",
                        BrokenProvider.withMemory(IdsUsedUp::new),
                        "faults/allocate/first-stage-4-level/default",
                        "DRV-08"),
                defect(
                        "a completion that does not come is taken for one",
                        BrokenProvider.withParts(timeOutsSwallowed()),
                        "faults/" + FIRST_TO_FIRST + "alone/default",
                        "DRV-07",
                        "DRV-13",
                        "DRV-16"),
                defect(
                        "tables that an interrupted change left are never freed",
                        BrokenProvider.withParts(remainsKept()),
                        "faults/" + FIRST_TO_FIRST + "alone/default",
                        "DRV-08"),
                defect(
                        "page requests of an interrupted change are never drained",
                        BrokenProvider.withParts(DefectiveDrains.forgottenAfterAFailure()),
                        "faults/page-requests/" + FIRST_TO_FIRST + "alone/default",
                        "DRV-19"),
                defect(
                        "page requests are drained with commands to a device that has gone",
                        BrokenProvider.withParts(DefectiveDrains.blind()),
                        "faults/page-requests/" + FIRST_TO_FIRST + "alone/default",
                        "DRV-18"),
                defect(
                        "an answer that may have reached the device is given once more",
                        BrokenProvider.withParts(DefectiveQueues.answeringTwice()),
                        "faults/page-requests/answer/pasid/default",
                        "DRV-19"),
                defect(
                        "devices are not told that an address space has died",
                        BrokenProvider.withParts(DefectiveParts.withoutDeviceTlb()),
                        "faults/address-space-dies/pasid/default",
                        "DRV-04",
                        "DRV-08"),
                defect(
                        "hardware that fails while the driver is shut down ends it half-way",
                        BrokenProvider.withParts(panicking()),
                        "faults/shut-down/default",
                        "DRV-08"),
                defect(
                        "a device that is gone is told to forget",
                        BrokenProvider.withParts(sendingToEverybody()),
                        "device-gone/" + FIRST_TO_FIRST + "default",
                        "DRV-18"),
                defect(
                        "a device with ATS off is told to forget",
                        BrokenProvider.withParts(sendingToEverybody()),
                        "ats-off/" + FIRST_TO_FIRST + "default",
                        "DRV-18"));
    }

    /** The error path forgets what it had got before. */
    private static final class LeakingMemory extends ForwardingMemory {
        LeakingMemory(PhysicalMemory memory) {
            super(memory);
        }

        @Override
        public long allocate(long lengthBytes, boolean zeroed) {
            try {
                return super.allocate(lengthBytes, zeroed);
            } catch (IommuException e) {
                super.allocate(PAGE_BYTES, true);
                throw e;
            }
        }
    }

    /** Stands for an id that the error path does not give back: after so many failures there is none. */
    private static final class IdsUsedUp extends ForwardingMemory {
        private int idsLeft = 1 << 16;

        IdsUsedUp(PhysicalMemory memory) {
            super(memory);
        }

        @Override
        public long allocate(long lengthBytes, boolean zeroed) {
            if (idsLeft == 0) {
                throw new IommuException(Errno.ENOSPC, "no domain id left");
            }
            try {
                return super.allocate(lengthBytes, zeroed);
            } catch (IommuException e) {
                idsLeft--;
                throw e;
            }
        }
    }

    private static UnitParts timeOutsSwallowed() {
        return new UnitParts() {
            @Override
            InvalidationQueue queue(Platform platform, GlobalCommand command) {
                return new InvalidationQueue(platform, command) {
                    @Override
                    void execute(List<InvalidationDescriptor> descriptors) {
                        executeOnce(descriptors);
                    }

                    @Override
                    void executeOnce(List<InvalidationDescriptor> descriptors) {
                        try {
                            super.executeOnce(descriptors);
                        } catch (IommuException e) {
                            if (e.errno() != Errno.ETIMEDOUT) {
                                super.execute(descriptors);
                            }
                        }
                    }
                };
            }
        };
    }

    /** What takes the place of exchanged tables is there; they are not missed until memory is counted. */
    private static UnitParts remainsKept() {
        return new UnitParts() {
            @Override
            PasidReplacement replacement(Ownership<VtdDevice, VtdDomain> ownership, RemappingUnit unit) {
                return new PasidReplacement(ownership, unit) {
                    @Override
                    protected void forgetRemains(VtdDevice device, Pasid pasid) {
                        unit.invalidations().allPasidEntries();
                    }
                };
            }
        };
    }

    /** Not the exception that callers know how to go on after. */
    private static UnitParts panicking() {
        return new UnitParts() {
            @Override
            InvalidationQueue queue(Platform platform, GlobalCommand command) {
                return new InvalidationQueue(platform, command) {
                    @Override
                    void execute(List<InvalidationDescriptor> descriptors) {
                        try {
                            super.execute(descriptors);
                        } catch (IommuException e) {
                            throw new IllegalStateException(e);
                        }
                    }
                };
            }
        };
    }

    private static UnitParts sendingToEverybody() {
        return new UnitParts() {
            @Override
            Invalidations invalidations(InvalidationQueue queue, HardwareCapabilities hardware) {
                return new QueuedInvalidations(queue, hardware) {
                    @Override
                    public void devices(List<DomainUser> users, List<AddressSpan> pages) {
                        for (DomainUser user : users) {
                            DeviceTlbTarget target = new DeviceTlbTarget(
                                    user.device().description().primaryRequesterId(), 1, -1);
                            try {
                                queue.execute(List.of(InvalidationDescriptor.deviceTlbOfPasid(
                                        target, user.pasid(), AddressSpan.EVERYTHING)));
                            } catch (IommuException e) {
                                // Nobody there, so nothing is cached.
                            }
                        }
                    }
                };
            }
        };
    }
}
