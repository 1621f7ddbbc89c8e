package dev.hitless.iommu.hardware;

import java.util.List;

/** Makes hardware models of one family. A public final class with a public constructor without parameters. */
public interface HardwareModelProvider {
    /** Key of the family; a driver provider with the same {@code hardwareFamily()} drives it. */
    String family();

    /** The hardware and the revision of its specification that the model follows, for people. */
    String description();

    /** Everything that can be varied about the hardware, with its default. The suite multiplies scenarios by these. */
    List<HardwareOption> options();

    /**
     * Hardware in its reset state.
     *
     * @throws IllegalArgumentException if the configuration contradicts itself, with the reason
     */
    HardwareModel create(HardwareConfiguration configuration, HardwarePort port);
}
