package dev.hitless.iommu.hardware.smmuv3;

import dev.hitless.iommu.hardware.HardwarePort;

/**
 * GERROR and GERRORN (IHI 0070 6.3.19, 6.3.20): an error is active while its bits differ; software acknowledges by making
 * GERRORN equal.
 */
final class GlobalErrors {
    static final int CMDQ_ERR = 1;
    static final int EVENTQ_ABT = 1 << 2;
    static final int PRIQ_ABT = 1 << 3;
    static final int MSI_CMDQ_ABT = 1 << 4;
    static final int MSI_EVENTQ_ABT = 1 << 5;
    static final int MSI_PRIQ_ABT = 1 << 6;
    static final int MSI_GERROR_ABT = 1 << 7;

    private final HardwarePort port;
    private int raised;
    private int acknowledged;

    GlobalErrors(HardwarePort port) {
        this.port = port;
    }

    /** Makes {@code error} active; says whether it was not. */
    boolean raise(int error) {
        if (isActive(error)) {
            return false;
        }
        raised ^= error;
        return true;
    }

    boolean isActive(int error) {
        return ((raised ^ acknowledged) & error) != 0;
    }

    int gerror() {
        return raised;
    }

    int gerrorn() {
        return acknowledged;
    }

    /** The driver writes GERRORN. */
    void acknowledge(int value) {
        int inactive = (value ^ acknowledged) & ~(raised ^ acknowledged);
        if (inactive != 0) {
            port.malformed("GERRORN acknowledges errors that are not active: 0x" + Integer.toHexString(inactive)
                    + "; write the value read from GERROR");
        }
        acknowledged ^= (value ^ acknowledged) & ~inactive;
    }
}
