package dev.hitless.iommu.qemu.unit;

import java.util.List;

/** What QEMU has to offer to drivers, by hardware family. */
public final class EmulatedIommus {
    private static final List<EmulatedIommu> ALL = List.of(
            new VtdEmulation(true, true), new VtdEmulation(false, false), new Smmuv3Emulation(), new AmdviEmulation());

    private EmulatedIommus() {}

    /** IOMMUs of {@code family}, each configuration worth running on; empty if QEMU has none. */
    public static List<EmulatedIommu> of(String family) {
        return ALL.stream().filter(iommu -> iommu.family().equals(family)).toList();
    }
}
