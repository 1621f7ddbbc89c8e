package dev.hitless.iommu.driver.smmuv3;

import dev.hitless.iommu.api.IommuException;
import dev.hitless.iommu.api.Pasid;
import dev.hitless.iommu.api.ReplacePlan;
import dev.hitless.iommu.driver.support.replace.DomainSwitch;
import dev.hitless.iommu.driver.support.replace.Ownership;
import dev.hitless.iommu.driver.support.update.EntryContent;
import java.util.List;

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

    static UnitParts tooEarly() {
        return new UnitParts() {
            @Override
            SmmuReplacement replacement(
                    Ownership<Smmuv3Device, SmmuDomain> ownership, SmmuUnit unit, ChangePlanner planner) {
                return new SmmuReplacement(ownership, unit, planner) {
                    @Override
                    protected DomainSwitch newSwitch(
                            Smmuv3Device device, Pasid pasid, SmmuDomain previous, SmmuDomain target) {
                        return new DrainingFirst(
                                super.newSwitch(device, pasid, previous, target),
                                () -> super.drainPageRequests(device, pasid, previous));
                    }

                    @Override
                    protected void drainPageRequests(Smmuv3Device device, Pasid pasid, SmmuDomain previous) {
                        // Done before.
                    }
                };
            }
        };
    }

    /** Hands over what is there before the switch, and nothing afterwards. */
    private static final class DrainingFirst implements DomainSwitch {
        private final DomainSwitch right;
        private final Runnable drain;

        DrainingFirst(DomainSwitch right, Runnable drain) {
            this.right = right;
            this.drain = drain;
        }

        @Override
        public void prepare() {
            right.prepare();
        }

        @Override
        public ReplacePlan kind() {
            return right.kind();
        }

        @Override
        public void carryOut() {
            drain.run();
            right.carryOut();
        }

        @Override
        public void block() {
            right.block();
        }

        @Override
        public boolean isOldInForce(IommuException failure) {
            return right.isOldInForce(failure);
        }

        @Override
        public List<EntryContent> possiblyCached(IommuException failure) {
            return right.possiblyCached(failure);
        }
    }
}
