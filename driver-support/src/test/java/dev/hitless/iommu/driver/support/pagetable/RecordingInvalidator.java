package dev.hitless.iommu.driver.support.pagetable;

import dev.hitless.iommu.api.Errno;
import dev.hitless.iommu.api.IommuException;
import java.util.ArrayList;
import java.util.List;

/** Remembers what it was told; fails on demand. */
final class RecordingInvalidator implements TranslationInvalidator {
    final List<UnmapGather> gathers = new ArrayList<>();
    int mappedCalls;
    boolean failMapped;
    boolean failUnmapped;
    Runnable onUnmapped = () -> {};

    @Override
    public void mapped(long iova, long lengthBytes) {
        mappedCalls++;
        if (failMapped) {
            throw new IommuException(Errno.ETIMEDOUT, "the hardware does not answer");
        }
    }

    @Override
    public void unmapped(UnmapGather gather) {
        gathers.add(gather);
        onUnmapped.run();
        if (failUnmapped) {
            throw new IommuException(Errno.ETIMEDOUT, "the hardware does not answer");
        }
    }
}
