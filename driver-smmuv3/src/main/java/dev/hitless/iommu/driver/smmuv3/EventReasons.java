package dev.hitless.iommu.driver.smmuv3;

/** Event numbers in words (IHI 0070 7.3). */
final class EventReasons {
    private EventReasons() {}

    static String of(int code) {
        return switch (code) {
            case 0x01 -> "F_UUT: unsupported upstream transaction";
            case 0x02 -> "C_BAD_STREAMID: no stream table entry for this StreamID";
            case 0x03 -> "F_STE_FETCH: the stream table entry could not be read";
            case 0x04 -> "C_BAD_STE: the stream table entry is not valid or illegal";
            case 0x05 -> "F_BAD_ATS_TREQ: translation request though ATS is off";
            case 0x06 -> "F_STREAM_DISABLED: requests without substream are terminated";
            case 0x07 -> "F_TRANSL_FORBIDDEN: translated access though ATS is off";
            case 0x08 -> "C_BAD_SUBSTREAMID: no context descriptor for this SubstreamID";
            case 0x09 -> "F_CD_FETCH: the context descriptor could not be read";
            case 0x0a -> "C_BAD_CD: the context descriptor is not valid or illegal";
            case 0x0b -> "F_WALK_EABT: a page table could not be read";
            case 0x10 -> "F_TRANSLATION: not mapped";
            case 0x11 -> "F_ADDR_SIZE: output address out of range";
            case 0x12 -> "F_ACCESS: access flag is 0";
            case 0x13 -> "F_PERMISSION: not allowed";
            case 0x20 -> "F_TLB_CONFLICT: translations contradict each other";
            case 0x21 -> "F_CFG_CONFLICT: configurations contradict each other";
            case 0x24 -> "E_PAGE_REQUEST: speculative page request";
            case 0x25 -> "F_VMS_FETCH: the virtual machine structure could not be read";
            default -> "event 0x" + Integer.toHexString(code);
        };
    }
}
