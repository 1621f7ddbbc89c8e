package dev.hitless.iommu.driver.smmuv3;

/** Offsets and bits of the registers that this driver uses (IHI 0070 chapter 6). */
final class Registers {
    static final long IDR0 = 0x00;
    static final long IDR1 = 0x04;
    static final long IDR3 = 0x0c;
    static final long IDR5 = 0x14;

    static final long CR0 = 0x20;
    static final long CR0ACK = 0x24;
    static final int CR0_SMMUEN = 1;
    static final int CR0_PRIQEN = 1 << 1;
    static final int CR0_EVENTQEN = 1 << 2;
    static final int CR0_CMDQEN = 1 << 3;
    static final int CR0_ATSCHK = 1 << 4;

    /** QUEUE_IC [1:0], QUEUE_OC [3:2], QUEUE_SH [5:4], TABLE_IC [7:6], TABLE_OC [9:8], TABLE_SH [11:10]. */
    static final long CR1 = 0x28;
    /** Inner and outer write-back, inner shareable, for queues and tables. */
    static final int CR1_SNOOPED = 1 | 1 << 2 | 3 << 4 | 1 << 6 | 1 << 8 | 3 << 10;

    static final long CR2 = 0x2c;
    static final int CR2_RECINVSID = 1 << 1;
    /** Broadcast TLB maintenance by CPUs is ignored: this driver sends its own. */
    static final int CR2_PTM = 1 << 2;

    static final long GBPA = 0x44;
    static final int GBPA_ABORT = 1 << 20;
    static final int GBPA_UPDATE = 1 << 31;

    static final long GERROR = 0x60;
    static final long GERRORN = 0x64;
    static final int GERROR_CMDQ_ERR = 1;

    static final long STRTAB_BASE = 0x80;
    static final long STRTAB_BASE_RA = 1L << 62;
    /** LOG2SIZE [5:0], SPLIT [10:6], FMT [17:16]. */
    static final long STRTAB_BASE_CFG = 0x88;

    static final int STRTAB_TWO_LEVEL = 1 << 16;

    /** All queue bases: LOG2SIZE [4:0], ADDR [51:5], allocation hint 62. */
    static final long CMDQ_BASE = 0x90;

    static final long CMDQ_PROD = 0x98;
    static final long CMDQ_CONS = 0x9c;
    static final long EVENTQ_BASE = 0xa0;
    static final long EVENTQ_PROD = 0x100a8;
    static final long EVENTQ_CONS = 0x100ac;
    static final long PRIQ_BASE = 0xc0;
    static final long PRIQ_PROD = 0x100c8;
    static final long PRIQ_CONS = 0x100cc;
    static final long QUEUE_BASE_ALLOCATE = 1L << 62;

    private Registers() {}
}
