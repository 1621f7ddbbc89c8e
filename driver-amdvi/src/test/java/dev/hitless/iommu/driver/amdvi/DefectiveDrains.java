package dev.hitless.iommu.driver.amdvi;

import dev.hitless.iommu.api.Pasid;
import dev.hitless.iommu.driver.support.replace.DomainSwitch;
import dev.hitless.iommu.driver.support.replace.ForwardingSwitch;

/** Page requests that are drained too early, by halves, or not at all. */
final class DefectiveDrains {
    private DefectiveDrains() {}

    static UnitParts notAtAll() {
        return new UnitParts() {
            @Override
            AmdviReplacement replacement(AmdviDriver driver, AmdviUnit unit) {
                return new AmdviReplacement(driver, unit) {
                    @Override
                    protected void drainPageRequests(AmdviDevice device, Pasid pasid, AmdviDomain previous) {
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
            AmdviReplacement replacement(AmdviDriver driver, AmdviUnit unit) {
                return new AmdviReplacement(driver, unit) {
                    @Override
                    protected void drainPageRequests(AmdviDevice device, Pasid pasid, AmdviDomain previous) {
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
            AmdviReplacement replacement(AmdviDriver driver, AmdviUnit unit) {
                return new AmdviReplacement(driver, unit) {
                    @Override
                    protected DomainSwitch newSwitch(
                            AmdviDevice device, Pasid pasid, AmdviDomain previous, AmdviDomain target) {
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
                    protected void drainPageRequests(AmdviDevice device, Pasid pasid, AmdviDomain previous) {
                        // Done before.
                    }
                };
            }
        };
    }
}
