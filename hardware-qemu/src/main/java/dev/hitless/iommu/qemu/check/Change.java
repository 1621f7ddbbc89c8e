package dev.hitless.iommu.qemu.check;

import dev.hitless.iommu.api.ReplaceGuarantee;
import dev.hitless.iommu.conformance.trace.Recording;

/**
 * One recorded operation and what it was meant to change for the subject's DMA.
 *
 * @param recording what the driver did
 * @param before what was meant before
 * @param after what is meant from now on
 * @param promise what the driver promised
 * @param removal the operation takes a domain away, or puts one where none was
 */
record Change(Recording recording, Meant before, Meant after, ReplaceGuarantee promise, boolean removal) {
    int end() {
        return recording.trace().end();
    }
}
