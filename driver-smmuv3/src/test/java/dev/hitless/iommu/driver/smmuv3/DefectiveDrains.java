package dev.hitless.iommu.driver.smmuv3;

import dev.hitless.iommu.api.Pasid;
import dev.hitless.iommu.driver.support.replace.DomainSwitch;
import dev.hitless.iommu.driver.support.replace.ForwardingSwitch;
import dev.hitless.iommu.driver.support.replace.Ownership;

/** Page requests that are drained too early, by halves, or not at all. */
final class DefectiveDrains {
    private DefectiveDrains() {}

    static UnitParts notAtAll() {
        return new UnitParts() {
            @Override
            SmmuReplacement replacement(
                    Ownership<Smmuv3Device, SmmuDomain> ownership, SmmuUnit unit, ChangePlanner planner) {
                return new SmmuReplacement(ownership, unit, planner) {
                    @Override
                    protected void drainPageRequests(Smmuv3Device device, Pasid pasid, SmmuDomain previous) {
                        // Forgotten.
                    }
                };
            }
        };
    }

    /** What a change that was interrupted left to drain is not drained by the one that gets through. */
    static UnitParts forgottenAfterAFailure() {
        return new UnitParts() {
            @Override
            SmmuReplacement replacement(
                    Ownership<Smmuv3Device, SmmuDomain> ownership, SmmuUnit unit, ChangePlanner planner) {
                return new SmmuReplacement(ownership, unit, planner) {
                    @Override
                    protected void drainPageRequests(Smmuv3Device device, Pasid pasid, SmmuDomain previous) {
                        if (!device.interrupted().concern(pasid)) {
                            super.drainPageRequests(device, pasid, previous);
                        }
                    }
                };
            }
        };
    }

    /** What is there before the switch is handed over, and nothing afterwards. */
    static UnitParts tooEarly() {
        return new UnitParts() {
            @Override
            SmmuReplacement replacement(
                    Ownership<Smmuv3Device, SmmuDomain> ownership, SmmuUnit unit, ChangePlanner planner) {
                return new SmmuReplacement(ownership, unit, planner) {
                    @Override
                    protected DomainSwitch newSwitch(
                            Smmuv3Device device, Pasid pasid, SmmuDomain previous, SmmuDomain target) {
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
                    protected void drainPageRequests(Smmuv3Device device, Pasid pasid, SmmuDomain previous) {
                        // Done before.
                    }
                };
            }
        };
    }
}
