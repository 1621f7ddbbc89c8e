package dev.hitless.iommu.hardware.vtd;

import dev.hitless.iommu.hardware.FaultClass;
import dev.hitless.iommu.hardware.Translation;

/** Fault reasons of scalable mode with their codes (VT-d spec 7.1.3, FRCD_REG.FR). */
enum VtdFault {
    /** No code: with translation disabled such a request is not answered, and nothing is recorded. */
    TRANSLATION_DISABLED(0x00, FaultClass.BLOCKED, "translation is disabled"),
    ROOT_TABLE_ADDRESS(0x30, FaultClass.ILLEGAL_ENTRY, "root table mode is not scalable"),
    ABORT_MODE(0x33, FaultClass.BLOCKED, "root table pointer says abort"),
    ROOT_ACCESS(0x38, FaultClass.ACCESS, "root entry cannot be read"),
    ROOT_NOT_PRESENT(0x39, FaultClass.BLOCKED, "root entry is not present"),
    ROOT_RESERVED(0x3A, FaultClass.ILLEGAL_ENTRY, "root entry has reserved bits set"),
    CONTEXT_ACCESS(0x40, FaultClass.ACCESS, "context entry cannot be read"),
    CONTEXT_NOT_PRESENT(0x41, FaultClass.BLOCKED, "context entry is not present"),
    CONTEXT_RESERVED(0x42, FaultClass.ILLEGAL_ENTRY, "context entry has reserved bits set"),
    TRANSLATION_REQUEST_BLOCKED(0x44, FaultClass.BLOCKED, "context entry does not allow translation requests"),
    PASID_BLOCKED(0x45, FaultClass.BLOCKED, "context entry does not allow requests with PASID"),
    PASID_TOO_LARGE(0x46, FaultClass.BLOCKED, "PASID is beyond the PASID directory"),
    PAGE_REQUEST_BLOCKED(0x47, FaultClass.BLOCKED, "context entry does not allow page requests"),
    RID_PASID_TOO_LARGE(0x48, FaultClass.ILLEGAL_ENTRY, "RID_PASID is beyond the PASID directory"),
    DIRECTORY_ACCESS(0x50, FaultClass.ACCESS, "PASID directory entry cannot be read"),
    DIRECTORY_NOT_PRESENT(0x51, FaultClass.BLOCKED, "PASID directory entry is not present"),
    DIRECTORY_RESERVED(0x52, FaultClass.ILLEGAL_ENTRY, "PASID directory entry has reserved bits set"),
    PASID_ENTRY_ACCESS(0x58, FaultClass.ACCESS, "PASID entry cannot be read"),
    PASID_ENTRY_NOT_PRESENT(0x59, FaultClass.BLOCKED, "PASID entry is not present"),
    PASID_ENTRY_RESERVED(0x5A, FaultClass.ILLEGAL_ENTRY, "PASID entry has reserved bits set"),
    PASID_ENTRY_TYPE(0x5B, FaultClass.ILLEGAL_ENTRY, "PASID entry has a translation type that is not supported"),
    PASID_ENTRY_WIDTH(0x5B, FaultClass.ILLEGAL_ENTRY, "PASID entry has an address width that is not supported"),
    PASID_ENTRY_LEVELS(0x5B, FaultClass.ILLEGAL_ENTRY, "PASID entry has a first-stage mode that is not supported"),
    PASID_ENTRY_DOMAIN_ZERO(0x5B, FaultClass.ILLEGAL_ENTRY, "PASID entry has domain id 0, which caching mode takes"),
    SUPERVISOR_BLOCKED(0x5D, FaultClass.PERMISSION, "PASID entry does not allow supervisor requests"),
    FIRST_STAGE_ACCESS(0x70, FaultClass.ACCESS, "first-stage entry cannot be read"),
    FIRST_STAGE_NOT_PRESENT(0x71, FaultClass.NOT_MAPPED, "first-stage entry is not present"),
    FIRST_STAGE_RESERVED(0x72, FaultClass.ILLEGAL_ENTRY, "first-stage entry has reserved bits set"),
    FIRST_STAGE_ROOT_ACCESS(0x73, FaultClass.ACCESS, "first-stage root table cannot be read"),
    NESTED_TABLE_ADDRESS(0x74, FaultClass.ILLEGAL_ENTRY, "first-stage table lies beyond the second stage's width"),
    NESTED_ROOT_READ(0x75, FaultClass.PERMISSION, "second stage does not allow reading the first-stage root table"),
    NESTED_TABLE_READ(0x76, FaultClass.PERMISSION, "second stage does not allow reading a first-stage table"),
    NESTED_TABLE_WRITE(0x77, FaultClass.PERMISSION, "second stage does not allow setting flags in a first-stage table"),
    SECOND_STAGE_ACCESS(0x78, FaultClass.ACCESS, "second-stage entry cannot be read"),
    SECOND_STAGE_NOT_PRESENT(0x79, FaultClass.NOT_MAPPED, "second-stage entry allows nothing"),
    SECOND_STAGE_RESERVED(0x7A, FaultClass.ILLEGAL_ENTRY, "second-stage entry has reserved bits set"),
    SECOND_STAGE_ROOT_ACCESS(0x7B, FaultClass.ACCESS, "second-stage root table cannot be read"),
    SECOND_STAGE_FLAGS(0x7C, FaultClass.ILLEGAL_ENTRY, "second-stage flag to be set by a walk that does not snoop"),
    NOT_CANONICAL(0x80, FaultClass.NOT_MAPPED, "address is not canonical"),
    USER_BLOCKED(0x81, FaultClass.PERMISSION, "user request to a supervisor page"),
    BEYOND_HOST_WIDTH(0x83, FaultClass.NOT_MAPPED, "address is beyond the host's width"),
    BEYOND_SECOND_STAGE(0x84, FaultClass.NOT_MAPPED, "address is beyond the second stage's width"),
    WRITE_DENIED(0x85, FaultClass.PERMISSION, "no write permission"),
    READ_DENIED(0x86, FaultClass.PERMISSION, "no read permission"),
    INTERRUPT_RANGE(0x87, FaultClass.PERMISSION, "output address lies in the interrupt range"),
    FIRST_STAGE_FLAGS(0x90, FaultClass.ILLEGAL_ENTRY, "first-stage flag to be set by a walk that does not snoop");

    private final int code;
    private final FaultClass faultClass;
    private final String reason;

    VtdFault(int code, FaultClass faultClass, String reason) {
        this.code = code;
        this.faultClass = faultClass;
        this.reason = reason;
    }

    int code() {
        return code;
    }

    /** Makes {@code out} this fault. */
    void in(Translation out) {
        out.fault(faultClass, code, reason);
    }
}
