package dev.hitless.iommu.conformance.coretests;

import dev.hitless.iommu.conformance.rules.Rule;
import java.util.function.Predicate;

/**
 * Operations of a subsystem that overlap: a definition, to be set up as often as there are schedules.
 *
 * @param name stable, for example {@code replace/beside/detach}
 * @param rule broken by what no order of the operations leads to
 * @param pageRequests whether it is about page requests: what draining them means for DMA cannot be judged
 * @param setting attaches what has to be there, and says what is to be done; false: impossible on this bench
 */
record CoreOverlap(String name, Rule rule, boolean pageRequests, Predicate<CoreScene> setting) {}
