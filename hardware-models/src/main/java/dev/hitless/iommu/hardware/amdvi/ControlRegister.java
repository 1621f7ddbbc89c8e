package dev.hitless.iommu.hardware.amdvi;

/**
 * The control register (MMIO 0x18), as far as this hardware implements it.
 *
 * <pre>
 * 0 IommuEn, 2 EventLogEn, 3 EventIntEn, 4 ComWaitIntEn, 7:5 InvTimeOut, 10 Coherent, 12 CmdBufEn, 13 PPRLogEn, 14 PPRIntEn,
 * 15 PPREn, 16 GTEn, 36:34 DevTblSegEn, 45 EPHEn, 47:46 HADUpdate, 58 GCR3TRPMode
 * </pre>
 */
record ControlRegister(long value) {
    boolean iommuEnabled() {
        return BitField.isSet(value, 0);
    }

    boolean eventLogEnabled() {
        return BitField.isSet(value, 2);
    }

    /** 0: an unanswered device is waited for without end. */
    int invalidationTimeout() {
        return BitField.number(value, 7, 5);
    }

    /** The device table is read with snooping. */
    boolean coherent() {
        return BitField.isSet(value, 10);
    }

    boolean commandBufferEnabled() {
        return BitField.isSet(value, 12);
    }

    boolean pageRequestLogEnabled() {
        return BitField.isSet(value, 13);
    }

    boolean pageRequestsEnabled() {
        return BitField.isSet(value, 15);
    }

    boolean guestTranslationEnabled() {
        return BitField.isSet(value, 16);
    }

    /** log2 of the number of device-table segments. */
    int segmentBits() {
        return BitField.number(value, 36, 34);
    }

    /** The GCR3 root of a nested entry is a guest-physical address. */
    boolean gcr3RootIsGuestPhysical() {
        return BitField.isSet(value, 58);
    }
}
