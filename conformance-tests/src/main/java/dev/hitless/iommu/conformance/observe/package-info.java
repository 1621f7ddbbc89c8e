/**
 * What DMA could have seen. Enter at {@link dev.hitless.iommu.conformance.observe.Observer}: from one trace and the
 * hardware's plain walker it derives, for any instant and request, the set of all outcomes that the hardware's rules
 * allow. Exact: no schedule that the rules allow is missed, none that they forbid is reported.
 *
 * <h2>How</h2>
 *
 * <p>{@link dev.hitless.iommu.conformance.observe.MemoryHistory} turns stores, barriers and cache cleaning into
 * <em>versions</em> of every quantum, each readable in an interval of instants. {@link
 * dev.hitless.iommu.conformance.observe.BranchingReader} runs the walker again and again, depth first over the choice of
 * versions, and keeps only those combinations for which instants of reading exist that satisfy all of
 *
 * <ul>
 *   <li>a quantum is read while its version is readable;
 *   <li>a structure is read completely while the copy that pointed to it was usable;
 *   <li>a kept copy is usable at {@code u} if, for every invalidation that covers it (submitted at {@code s}, seen complete
 *       at {@code o}), all of it was read at or after {@code s}, or {@code u < o};
 *   <li>what is not kept was read at the instant of the request.
 * </ul>
 *
 * <p>These constraints are closed under taking the later of two solutions, so whether a solution exists is decided with
 * one interval per structure, without enumerating instants.
 */
@NullMarked
package dev.hitless.iommu.conformance.observe;

import org.jspecify.annotations.NullMarked;
