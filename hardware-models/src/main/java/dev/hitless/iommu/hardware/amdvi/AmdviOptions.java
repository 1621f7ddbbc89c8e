package dev.hitless.iommu.hardware.amdvi;

import dev.hitless.iommu.hardware.CommandPace;
import dev.hitless.iommu.hardware.HardwareOption;
import dev.hitless.iommu.hardware.HardwareOption.Use;
import java.util.List;

/** The options of the family. */
final class AmdviOptions {
    static final String DTE_FETCH_BITS = "dte-fetch-bits";
    static final String NON_PRESENT_CACHE = "non-present-cache";
    static final String ATS = "ats";
    static final String INV_ALL = "inv-all";
    static final String GCR3_LEVELS = "gcr3-levels";
    static final String HOST_LEVELS = "host-levels";
    static final String GUEST_LEVELS = "guest-levels";
    static final String GUEST_TRANSLATION = "guest-translation";
    static final String GIOSUP = "giosup";
    static final String EPHSUP = "ephsup";
    static final String PPRSUP = "pprsup";
    static final String PASID_BITS = "pasid-bits";
    static final String GCR3TRPMODE = "gcr3trpmode";

    private AmdviOptions() {}

    static List<HardwareOption> all() {
        return List.of(
                new HardwareOption(
                        DTE_FETCH_BITS,
                        List.of("256", "128", "64"),
                        Use.TOLD,
                        "largest part of a device-table entry that is read at once, the parts in any order: 256 (AMD"
                                + " designers, 2024); 128 (what spec 2.2.2.2 takes for granted); 64 (promised by nobody,"
                                + " but an emulated IOMMU may do no better)"),
                HardwareOption.flag(
                        NON_PRESENT_CACHE,
                        false,
                        Use.VARIANT,
                        "not-present entries may be cached (capability NpCache)"),
                HardwareOption.flag(ATS, true, Use.VARIANT, "device IOTLBs are supported (capability IotlbSup)"),
                HardwareOption.flag(INV_ALL, true, Use.VARIANT, "INVALIDATE_IOMMU_ALL is supported (EFR.IASup)"),
                new HardwareOption(
                        GCR3_LEVELS, List.of("3", "2", "1"), Use.VARIANT, "levels of GCR3 tables (EFR.GLXSup + 1)"),
                new HardwareOption(HOST_LEVELS, List.of("6", "5", "4"), Use.VARIANT, "largest Mode (EFR.HATS + 4)"),
                new HardwareOption(
                        GUEST_LEVELS, List.of("5", "4"), Use.VARIANT, "most levels of v2 tables (EFR.GATS + 4)"),
                capability(GUEST_TRANSLATION, "v2 tables and PASIDs (EFR.GTSup)"),
                capability(GIOSUP, "v2 tables for requests without PASID (EFR.GIoSup)"),
                capability(EPHSUP, "enhanced page-request handling (EFR.EPHSup)"),
                capability(PPRSUP, "page requests (EFR.PPRSup)"),
                new HardwareOption(PASID_BITS, List.of("16", "8"), Use.CAPABILITY, "width of a PASID (EFR.PASMax + 1)"),
                capability(GCR3TRPMODE, "the GCR3 root may be a guest-physical address (EFR2.GCR3TRPMode)"),
                CommandPace.option());
    }

    private static HardwareOption capability(String name, String meaning) {
        return HardwareOption.flag(name, true, Use.CAPABILITY, meaning);
    }
}
