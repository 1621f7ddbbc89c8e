package dev.hitless.iommu.driver.vtd;

import dev.hitless.iommu.api.IommuException;
import dev.hitless.iommu.api.Pasid;
import dev.hitless.iommu.api.platform.Platform;
import dev.hitless.iommu.driver.support.replace.DomainSwitch;
import dev.hitless.iommu.driver.support.replace.ForwardingSwitch;
import dev.hitless.iommu.driver.support.replace.Ownership;
import dev.hitless.iommu.driver.support.track.DomainUser;
import java.util.ArrayList;
import java.util.List;

/** Page requests that are drained too early, by halves, or not at all. */
final class DefectiveDrains {
    private DefectiveDrains() {}

    static UnitParts notAtAll() {
        return new UnitParts() {
            @Override
            PasidReplacement replacement(Ownership<VtdDevice, VtdDomain> ownership, RemappingUnit unit) {
                return new PasidReplacement(ownership, unit) {
                    @Override
                    protected void drainPageRequests(VtdDevice device, Pasid pasid, VtdDomain previous) {
                        // Forgotten.
                    }
                };
            }
        };
    }

    /** What is there before the switch is handed over, and nothing afterwards. */
    static UnitParts tooEarly() {
        return new UnitParts() {
            @Override
            PasidReplacement replacement(Ownership<VtdDevice, VtdDomain> ownership, RemappingUnit unit) {
                return new PasidReplacement(ownership, unit) {
                    @Override
                    protected DomainSwitch newSwitch(
                            VtdDevice device, Pasid pasid, VtdDomain previous, VtdDomain target) {
                        Runnable drain = () -> super.drainPageRequests(device, pasid, previous);
                        return new ForwardingSwitch(super.newSwitch(device, pasid, previous, target)) {
                            @Override
                            public void carryOut() {
                                drain.run();
                                super.carryOut();
                            }
                        };
                    }

                    @Override
                    protected void drainPageRequests(VtdDevice device, Pasid pasid, VtdDomain previous) {
                        // Done before.
                    }
                };
            }
        };
    }

    /** The queue is read; nobody asks hardware whether it has more. */
    static UnitParts softwareOnly() {
        return new UnitParts() {
            @Override
            Invalidations invalidations(InvalidationQueue queue, HardwareCapabilities hardware) {
                return new QueuedInvalidations(queue, hardware) {
                    @Override
                    public void drainPageRequests(VtdDevice device, Pasid pasid, TranslationTag tag) {
                        // What is in the queue is taken for all there is.
                    }
                };
            }
        };
    }

    /** The device may answer before the IOTLB is clean, and refill from it. */
    static UnitParts unfenced() {
        return new UnitParts() {
            @Override
            Invalidations invalidations(InvalidationQueue queue, HardwareCapabilities hardware) {
                return new QueuedInvalidations(queue, hardware) {
                    @Override
                    List<InvalidationDescriptor> draining(List<DomainUser> reachable, TranslationTag tag) {
                        List<InvalidationDescriptor> descriptors = new ArrayList<>(super.draining(reachable, tag));
                        descriptors.removeAll(List.of(InvalidationDescriptor.fence()));
                        return descriptors;
                    }
                };
            }
        };
    }

    /** Nobody looks whether the device is still there before it is told once more. */
    static UnitParts blind() {
        return new UnitParts() {
            @Override
            Invalidations invalidations(InvalidationQueue queue, HardwareCapabilities hardware) {
                return new QueuedInvalidations(queue, hardware) {
                    @Override
                    public void drainPageRequests(VtdDevice device, Pasid pasid, TranslationTag tag) {
                        List<InvalidationDescriptor> all = draining(List.of(new DomainUser(device, pasid)), tag);
                        try {
                            queue.executeAndDrainPageRequests(all);
                        } catch (IommuException e) {
                            queue.executeAndDrainPageRequests(all);
                        }
                    }
                };
            }
        };
    }

    /** What a change that was interrupted left to drain is not drained by the one that gets through. */
    static UnitParts forgottenAfterAFailure() {
        return new UnitParts() {
            @Override
            PasidReplacement replacement(Ownership<VtdDevice, VtdDomain> ownership, RemappingUnit unit) {
                return new PasidReplacement(ownership, unit) {
                    @Override
                    protected void drainPageRequests(VtdDevice device, Pasid pasid, VtdDomain previous) {
                        if (!device.interrupted().concern(pasid)) {
                            super.drainPageRequests(device, pasid, previous);
                        }
                    }
                };
            }
        };
    }

    /** A wait without PD: the device's answer pushes its requests to the unit, and there they stay. */
    static UnitParts ordinaryWait() {
        return new UnitParts() {
            @Override
            InvalidationQueue queue(Platform platform, GlobalCommand command) {
                return new InvalidationQueue(platform, command) {
                    @Override
                    void executeAndDrainPageRequests(List<InvalidationDescriptor> descriptors) {
                        execute(descriptors);
                    }
                };
            }
        };
    }
}
