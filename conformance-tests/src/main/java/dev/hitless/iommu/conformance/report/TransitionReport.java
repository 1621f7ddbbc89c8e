package dev.hitless.iommu.conformance.report;

import dev.hitless.iommu.api.ReplaceGuarantee;
import dev.hitless.iommu.conformance.judge.Judgement;
import java.util.Locale;

/**
 * What was found of one change of domain, over all hardware and all company.
 *
 * @param path {@code pasid} or {@code rid}
 * @param from domain kind before
 * @param to domain kind after
 * @param promised the weakest promise that the driver made where it did not refuse; unsupported if it always did
 * @param observed the worst that DMA experienced
 * @param plan the plan on the usual hardware, alone
 * @param stores stores then
 * @param commands commands then
 * @param waits waits then
 */
public record TransitionReport(
        String path,
        String from,
        String to,
        ReplaceGuarantee promised,
        Judgement.Seen observed,
        String plan,
        int stores,
        int commands,
        int waits) {
    /** The promise as reports call it. */
    public String promisedLabel() {
        return promised.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
