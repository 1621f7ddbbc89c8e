package dev.hitless.iommu.hardware.vtd;

import org.jspecify.annotations.Nullable;

/**
 * Which contents of a present PASID entry, reserved bits aside, hardware calls illegal (fault 0x5B).
 *
 * <p>AW is looked at for second-stage, nested and pass-through entries, not for first-stage ones; FSPM for first-stage
 * and nested ones. Domain id 0 belongs to not-present entries when CAP.CM is set; an entry that uses it is called illegal
 * here, so that it does not go unnoticed.
 */
final class PasidEntryRules {
    private PasidEntryRules() {}

    static @Nullable VtdFault violated(long q0, long q1, long q2, VtdCapabilities capabilities) {
        int type = PasidEntry.type(q0);
        boolean supported =
                switch (type) {
                    case PasidEntry.FIRST_STAGE -> capabilities.firstStage();
                    case PasidEntry.SECOND_STAGE -> capabilities.secondStage();
                    case PasidEntry.NESTED -> capabilities.nested();
                    case PasidEntry.PASS_THROUGH -> capabilities.passThrough();
                    default -> false;
                };
        if (!supported) {
            return VtdFault.PASID_ENTRY_TYPE;
        }
        if (type != PasidEntry.FIRST_STAGE && !capabilities.secondStageLevels(PasidEntry.secondStageLevels(q0))) {
            return VtdFault.PASID_ENTRY_WIDTH;
        }
        if (type == PasidEntry.FIRST_STAGE || type == PasidEntry.NESTED) {
            int mode = PasidEntry.firstStageMode(q2);
            if (mode > 1 || (mode == 1 && !capabilities.fiveLevelFirstStage())) {
                return VtdFault.PASID_ENTRY_LEVELS;
            }
        }
        return capabilities.cachingMode() && PasidEntry.did(q1) == 0 ? VtdFault.PASID_ENTRY_DOMAIN_ZERO : null;
    }
}
