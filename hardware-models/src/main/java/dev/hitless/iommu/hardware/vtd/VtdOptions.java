package dev.hitless.iommu.hardware.vtd;

import static dev.hitless.iommu.hardware.HardwareOption.Use.CAPABILITY;
import static dev.hitless.iommu.hardware.HardwareOption.Use.FETCH_ORDER;
import static dev.hitless.iommu.hardware.HardwareOption.Use.VARIANT;
import static dev.hitless.iommu.hardware.HardwareOption.flag;

import dev.hitless.iommu.hardware.CommandPace;
import dev.hitless.iommu.hardware.HardwareOption;
import java.util.List;

/** What differs between VT-d implementations. */
final class VtdOptions {
    static final String COHERENT = "coherent";
    static final String PAGE_WALK_COHERENT = "page-walk-coherent";
    static final String CACHING_MODE = "caching-mode";
    static final String WRITE_BUFFER_FLUSH = "write-buffer-flush";
    static final String DEVICE_TLB = "device-tlb";
    static final String LEVELS = "levels";
    static final String SUPERPAGES = "superpages";
    static final String ESRTPS = "esrtps";
    static final String PASID = "pasid";
    static final String PASID_BITS = "pasid-bits";
    static final String FIRST_STAGE = "first-stage";
    static final String SECOND_STAGE = "second-stage";
    static final String NESTED = "nested";
    static final String PASS_THROUGH = "pass-through";
    static final String PAGE_REQUESTS = "page-requests";
    static final String SUPERVISOR = "supervisor-requests";
    static final String EXECUTE = "execute-requests";
    static final String EXTENDED_ACCESSED = "extended-accessed";
    static final String SNOOP_CONTROL = "snoop-control";
    static final String SECOND_STAGE_DIRTY = "second-stage-dirty";
    static final String FETCH = "fetch-order";

    static final List<HardwareOption> ALL = List.of(
            flag(COHERENT, true, VARIANT, "root, context and PASID tables are read coherently (ECAP.C)"),
            flag(PAGE_WALK_COHERENT, true, VARIANT, "page tables can be read coherently (ECAP.SMPWC)"),
            flag(CACHING_MODE, false, VARIANT, "not-present and faulting entries may be cached (CAP.CM)"),
            flag(WRITE_BUFFER_FLUSH, false, VARIANT, "a chipset buffer holds stores back until flushed (CAP.RWBF)"),
            flag(DEVICE_TLB, true, VARIANT, "device TLBs are supported (ECAP.DT)"),
            new HardwareOption(
                    LEVELS,
                    List.of("5", "4", "3"),
                    VARIANT,
                    "most levels of a second-stage table (CAP.SAGAW, MGAW); 5 also allows 5-level first stage"
                            + " (CAP.FL5LP)"),
            new HardwareOption(
                    SUPERPAGES,
                    List.of("1g", "2m", "none"),
                    VARIANT,
                    "largest second-stage page (CAP.SLLPS); 1g also allows first-stage 1 GiB pages (CAP.FL1GP)"),
            flag(ESRTPS, false, VARIANT, "setting the root table pointer flushes all caches by itself (CAP.ESRTPS)"),
            flag(PASID, true, CAPABILITY, "requests with PASID are supported (ECAP.PASID)"),
            new HardwareOption(PASID_BITS, List.of("20", "14", "8"), CAPABILITY, "width of PASIDs (ECAP.PSS + 1)"),
            flag(FIRST_STAGE, true, CAPABILITY, "first-stage translation (ECAP.FSTS)"),
            flag(SECOND_STAGE, true, CAPABILITY, "second-stage translation (ECAP.SSTS)"),
            flag(NESTED, true, CAPABILITY, "nested translation, if both stages are there (ECAP.NEST)"),
            flag(PASS_THROUGH, true, CAPABILITY, "pass-through translation (ECAP.PT)"),
            flag(
                    PAGE_REQUESTS,
                    true,
                    CAPABILITY,
                    "page requests and their draining, if there are device TLBs (ECAP.PRS, PDS)"),
            flag(SUPERVISOR, true, CAPABILITY, "supervisor requests (ECAP.SRS, RPRIVS)"),
            flag(EXECUTE, true, CAPABILITY, "execute requests (ECAP.ERS)"),
            flag(EXTENDED_ACCESSED, true, CAPABILITY, "extended-accessed flag (ECAP.EAFS)"),
            flag(SNOOP_CONTROL, true, CAPABILITY, "snooping can be forced on the final access (ECAP.SC)"),
            flag(SECOND_STAGE_DIRTY, true, CAPABILITY, "second-stage accessed and dirty flags (ECAP.SSADS)"),
            new HardwareOption(
                    FETCH,
                    List.of("default", "any"),
                    FETCH_ORDER,
                    "any: the 128-bit parts of context and PASID entries arrive in any order, even before P was read"
                            + " as 1"),
            CommandPace.option());

    private VtdOptions() {}
}
