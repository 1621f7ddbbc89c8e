package dev.hitless.iommu.conformance.report;

import dev.hitless.iommu.conformance.judge.Finding;
import dev.hitless.iommu.conformance.judge.Operation;
import java.util.Optional;

/**
 * Evidence for a broken rule.
 *
 * @param scenario in which scenario
 * @param finding what was found
 * @param eventText the trace event after which it showed, in words; empty if none
 * @param operation what the driver did, and who could have noticed
 * @param reproduce command that shows it again
 */
public record Failure(
        String scenario, Finding finding, String eventText, Optional<Operation> operation, String reproduce) {}
