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
 *       at {@code o}), all of it was read at or after {@code s}, or {@code u < o}. What it was found through counts as a
 *       part of it as far as the same invalidation covers that too: hardware that completes an invalidation has also
 *       ended the walks that had started from what it drops. This is so for structures as for finished translations;
 *   <li>what is not kept was read at the instant of the request;
 *   <li>a finished translation was made at the instant of some walk, and outlives the entries that it was made from until
 *       an invalidation drops it ({@link dev.hitless.iommu.conformance.observe.SharedCaches});
 *   <li>finished translations, and kept page-table entries that are not leaves, are found by their tag, whoever's
 *       request made them.
 * </ul>
 *
 * <p>These constraints are closed under taking the later of two solutions, so whether a solution exists is decided with
 * one interval per structure, without enumerating instants.
 *
 * <p>A use after free, or a read of memory that nobody wrote, is an outcome at {@code t} if hardware can do it at {@code
 * t} itself on behalf of the request: through a copy that is usable then, all of the structure being read at that instant.
 * A quantum counts as undefined if any of its words is. What was read so earlier was an outcome then.
 *
 * <p>Reads are independent of one another: two reads of one word, by two walks, may return its versions in any order while
 * the later store is pending. A test plays all schedules of thousands of traces step by step, in memory that is the same for
 * every reader, and gets the same outcomes.
 */
@NullMarked
package dev.hitless.iommu.conformance.observe;

import org.jspecify.annotations.NullMarked;
