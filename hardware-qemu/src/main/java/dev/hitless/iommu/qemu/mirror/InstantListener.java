package dev.hitless.iommu.qemu.mirror;

/** Is told after everything that may change what DMA meets. */
@FunctionalInterface
public interface InstantListener {
    /** Nobody listens. */
    InstantListener NONE = instant -> {};

    /** @param instant index in the trace of what just happened */
    void happened(int instant);
}
