/**
 * The command line. Enter at {@link dev.hitless.iommu.cli.HitlessMain}; each command is a class of its own, and only
 * {@link dev.hitless.iommu.cli.Screen} knows where output goes. Names no vendor: drivers come from the driver catalogue,
 * hardware models from the service loader.
 */
@NullMarked
package dev.hitless.iommu.cli;

import org.jspecify.annotations.NullMarked;
