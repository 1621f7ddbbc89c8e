package dev.hitless.iommu.hardware.smmuv3;

/** Event numbers (IHI 0070 7.3), which are also the fault codes of {@link dev.hitless.iommu.hardware.Translation}. */
final class EventCode {
    /** An abort that leaves no event record. */
    static final int NONE = 0x00;

    static final int C_BAD_STREAMID = 0x02;
    static final int F_STE_FETCH = 0x03;
    static final int C_BAD_STE = 0x04;
    static final int F_BAD_ATS_TREQ = 0x05;
    static final int F_STREAM_DISABLED = 0x06;
    static final int C_BAD_SUBSTREAMID = 0x08;
    static final int F_CD_FETCH = 0x09;
    static final int C_BAD_CD = 0x0A;
    static final int F_WALK_EABT = 0x0B;
    static final int F_TRANSLATION = 0x10;
    static final int F_ADDR_SIZE = 0x11;
    static final int F_ACCESS = 0x12;
    static final int F_PERMISSION = 0x13;

    private EventCode() {}

    /** Whether CD.R, CD.S, STE.S2R and STE.S2S decide about recording and stalling. */
    static boolean isTranslationFault(int code) {
        return code >= F_TRANSLATION && code <= F_PERMISSION;
    }
}
