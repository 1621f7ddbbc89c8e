package dev.hitless.iommu.driver.support.device;

import dev.hitless.iommu.api.DeviceDescription;
import dev.hitless.iommu.api.PciFunction;

/** The PCI Express abilities that one function and its IOMMU share, and which of them are on. */
public final class PciFeatures {
    private final PciFunction function;
    private final int pasidBits;
    private final boolean ats;
    private final boolean pri;
    private volatile boolean pasidEnabled;
    private volatile boolean atsEnabled;
    private volatile boolean priEnabled;

    private PciFeatures(PciFunction function, int pasidBits, boolean ats, boolean pri) {
        this.function = function;
        this.pasidBits = pasidBits;
        this.ats = ats;
        this.pri = pri;
    }

    /**
     * What the two share; all off.
     *
     * @param pasidBits width of the PASIDs that the IOMMU takes, 0..20; 0 for none
     * @param ats whether the IOMMU answers translation requests
     * @param pri whether the IOMMU takes page requests; they come from devices with ATS only
     */
    public static PciFeatures shared(DeviceDescription device, int pasidBits, boolean ats, boolean pri) {
        boolean both = device.ats() && ats;
        return new PciFeatures(
                device.function(), Math.min(device.pasidBits(), pasidBits), both, both && device.pri() && pri);
    }

    /** Width of PASIDs in bits; 0 for none. */
    public int pasidBits() {
        return pasidBits;
    }

    /** Whether it may send translation requests, once all is on. */
    public boolean ats() {
        return ats;
    }

    /** Whether it may send page requests, once all is on. */
    public boolean pri() {
        return pri;
    }

    /** Switches on what is shared, PASID before ATS before PRI (PCI Express asks for that order). */
    void enable() {
        if (pasidBits > 0) {
            function.setPasidEnabled(true);
            pasidEnabled = true;
        }
        if (ats) {
            function.setAtsEnabled(true);
            atsEnabled = true;
        }
        if (pri) {
            function.setPriEnabled(true);
            priEnabled = true;
        }
    }

    /** Switches off what is on, in the reverse order. */
    void disable() {
        boolean present = function.isPresent();
        if (priEnabled) {
            priEnabled = false;
            if (present) {
                function.setPriEnabled(false);
            }
        }
        if (atsEnabled) {
            atsEnabled = false;
            if (present) {
                function.setAtsEnabled(false);
            }
        }
        if (pasidEnabled) {
            pasidEnabled = false;
            if (present) {
                function.setPasidEnabled(false);
            }
        }
    }

    /** Whether it caches translations and can be told to forget them: ATS is on, and it is still there. */
    public boolean canBeInvalidated() {
        return atsEnabled && function.isPresent();
    }

    /** Whether it may send page requests: PRI is on. */
    public boolean sendsPageRequests() {
        return priEnabled;
    }
}
