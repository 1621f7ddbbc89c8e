/**
 * What a driver did, recorded. Enter at {@link dev.hitless.iommu.conformance.trace.RecordingPlatform}: it stands between
 * a driver and a hardware model and keeps every port call of an operation, in order, as a {@link
 * dev.hitless.iommu.conformance.trace.Trace}. A trace is an immutable value; nothing here judges.
 */
@NullMarked
package dev.hitless.iommu.conformance.trace;

import org.jspecify.annotations.NullMarked;
