package dev.hitless.iommu.hardware.amdvi;

/** Codes of the event log, bits 63:60 of a record; also the fault codes of the walker. */
final class EventCode {
    static final int ILLEGAL_DEV_TABLE_ENTRY = 1;
    static final int IO_PAGE_FAULT = 2;
    static final int DEV_TAB_HARDWARE_ERROR = 3;
    static final int PAGE_TAB_HARDWARE_ERROR = 4;
    static final int ILLEGAL_COMMAND_ERROR = 5;
    static final int COMMAND_HARDWARE_ERROR = 6;
    static final int IOTLB_INV_TIMEOUT = 7;
    static final int INVALID_DEVICE_REQUEST = 8;
    static final int INVALID_PPR_REQUEST = 9;

    private EventCode() {}
}
