package dev.hitless.iommu.api;

/** A probed device. Made by {@link IommuDriver#probe}; identity matters, there is one per probed function. */
public interface IommuDevice {
    /** What it was probed from. */
    DeviceDescription description();

    /** The driver that probed it. */
    IommuDriver driver();

    /**
     * PASIDs 1..{@code maxPasids() - 1} can be used: the smaller of what the device and its IOMMU can do. 0 when the
     * device has no PASID ability.
     */
    int maxPasids();

    /** Its name. */
    default String name() {
        return description().name();
    }
}
