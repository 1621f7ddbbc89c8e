package dev.hitless.iommu.api;

/** The controls of a device's function that its IOMMU driver operates, as a kernel does through configuration space. */
public interface PciFunction {
    /** Whether the function still answers. Nothing may be sent to one that does not (rule DRV-18). */
    boolean isPresent();

    /** Lets the function send requests with PASID. To be enabled before ATS, disabled after it. */
    void setPasidEnabled(boolean enabled);

    /** Lets the function send translation requests and keep the answers. Disabling empties its cache. */
    void setAtsEnabled(boolean enabled);

    /** Lets the function send page requests. Needs ATS. */
    void setPriEnabled(boolean enabled);
}
