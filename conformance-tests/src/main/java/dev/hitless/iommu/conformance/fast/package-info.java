/**
 * A machine that remembers nothing: a driver and a hardware model, real threads, and no trace. Enter at {@link
 * dev.hitless.iommu.conformance.fast.FastPlatform}. It is the cross-check of the controlled schedules: what those leave out
 * by design, the real scheduler of a real machine may still do.
 */
@NullMarked
package dev.hitless.iommu.conformance.fast;

import org.jspecify.annotations.NullMarked;
