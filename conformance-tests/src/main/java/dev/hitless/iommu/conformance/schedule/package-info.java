/**
 * Plays several operations at once, one step of one of them at a time, in every order up to a number of preemptions.
 * Knows neither drivers nor hardware. Enter at {@link dev.hitless.iommu.conformance.schedule.Interleaver}, which plays one
 * schedule, and {@link dev.hitless.iommu.conformance.schedule.ScheduleSearch}, which says which schedule comes next.
 *
 * <h2>What is searched</h2>
 *
 * <p>An operation may be switched at every point that its platform names: before what another one could notice. What lies
 * between two points runs undivided. To switch away from an operation that could go on is a <em>preemption</em>; to go on
 * with another one when it ended, waits for a lock, or polls for something that has not come, costs nothing. Every schedule
 * with at most the given number of preemptions is played, each once, from the same beginning: the search keeps nothing but
 * the choices made, and plays them again.
 */
@NullMarked
package dev.hitless.iommu.conformance.schedule;

import org.jspecify.annotations.NullMarked;
