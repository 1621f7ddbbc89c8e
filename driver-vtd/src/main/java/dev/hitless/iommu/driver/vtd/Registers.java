package dev.hitless.iommu.driver.vtd;

/** Register offsets in bytes and their fields (VT-d spec, chapter 11). Only what this driver touches. */
final class Registers {
    /** Capabilities, 64 bits: see {@link HardwareCapabilities}. */
    static final long CAP = 0x08;
    /** Extended capabilities, 64 bits. */
    static final long ECAP = 0x10;

    /** Global command, 32 bits, write only: one command for each write, with the lasting bits repeated. */
    static final long GCMD = 0x18;
    /** Global status, 32 bits: what the lasting commands have come to. */
    static final long GSTS = 0x1C;

    /** GCMD.TE and GSTS.TES: translation. */
    static final int TRANSLATION_ENABLE = 1 << 31;
    /** GCMD.SRTP and GSTS.RTPS: take the root-table pointer. */
    static final int SET_ROOT_TABLE_POINTER = 1 << 30;
    /** GCMD.WBF and GSTS.WBFS: write-buffer flush, running while the status bit is set. */
    static final int WRITE_BUFFER_FLUSH = 1 << 27;
    /** GCMD.QIE and GSTS.QIES: queued invalidation. */
    static final int QUEUED_INVALIDATION_ENABLE = 1 << 26;
    /** GCMD.IRE and GSTS.IRES: interrupt remapping. Not this driver's, but to be left as found. */
    static final int INTERRUPT_REMAPPING_ENABLE = 1 << 25;
    /** GCMD.CFI and GSTS.CFIS: compatibility-format interrupts. To be left as found. */
    static final int COMPATIBILITY_INTERRUPTS = 1 << 23;

    /** Root-table address, 64 bits: TTM [11:10], RTA [63:12]. */
    static final long RTADDR = 0x20;
    /** RTADDR.TTM: scalable mode. */
    static final long TABLE_MODE_SCALABLE = 1L << 10;

    /** Fault status, 32 bits. */
    static final long FSTS = 0x34;
    /** FSTS.PFO: a fault was dropped. Write one to clear. */
    static final int FAULT_OVERFLOW = 1;
    /** FSTS.PPF: some fault-recording register is filled. */
    static final int FAULT_PENDING = 1 << 1;
    /** FSTS.IQE: the queue stopped at a descriptor that it cannot execute. Write one to clear. */
    static final int QUEUE_ERROR = 1 << 4;
    /** FSTS.ICE: a device completed an invalidation wrongly. Write one to clear. */
    static final int COMPLETION_ERROR = 1 << 5;
    /** FSTS.ITE: a device did not complete an invalidation. Write one to clear. */
    static final int DEVICE_TIMEOUT = 1 << 6;

    /** Invalidation-queue head, 64 bits: byte offset of the descriptor to be fetched next. */
    static final long IQH = 0x80;
    /** Invalidation-queue tail, 64 bits: byte offset behind the last descriptor. The doorbell. */
    static final long IQT = 0x88;
    /** Invalidation-queue address, 64 bits: QS [2:0], DW [11], IQA [63:12]. */
    static final long IQA = 0x90;
    /** IQA.DW: descriptors of 256 bits. */
    static final long WIDE_DESCRIPTORS = 1L << 11;

    /** Page-request queue head, 64 bits: byte offset of the request to be read next. */
    static final long PQH = 0xC0;
    /** Page-request queue tail, 64 bits: byte offset behind the last request. */
    static final long PQT = 0xC8;
    /** Page-request queue address, 64 bits: PQS [2:0] (2^PQS pages), base [63:12]. */
    static final long PQA = 0xD0;
    /** Page-request status, 32 bits. */
    static final long PRS = 0xDC;
    /** PRS.PPR: requests are pending. Write one to clear. */
    static final int PAGE_REQUEST_PENDING = 1;
    /** PRS.PRO: requests were dropped because the queue was full. Write one to clear. */
    static final int PAGE_REQUEST_OVERFLOW = 1 << 1;

    private Registers() {}
}
