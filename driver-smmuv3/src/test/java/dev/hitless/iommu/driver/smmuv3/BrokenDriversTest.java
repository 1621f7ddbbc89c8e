package dev.hitless.iommu.driver.smmuv3;

import dev.hitless.iommu.api.IommuDriverProvider;
import dev.hitless.iommu.conformance.junit.BrokenDrivers;
import dev.hitless.iommu.conformance.junit.Defect;
import dev.hitless.iommu.conformance.junit.DefectiveMemory;
import java.util.stream.Stream;

/**
 * The checker bites: drivers with one defect each, most of which have been in real kernels. Each is caught by the rule
 * named, and by none that it keeps: the whole set of broken rules is compared. Some defects break several: an entry that is
 * copied over a live one is torn, caches old translations under the new tag, and leaves them there.
 *
 * <p>Not here, because one replacement on one device with one StreamID does not show it:
 *
 * <ul>
 *   <li>StreamIDs that occur twice in one device (Linux fff8d2a7c2b3): the driver refuses them.
 *   <li>Spans of an unmap that are too short (Linux 95d4782c34a6, c676b6a2ddf1): the pages of the scenarios are single.
 *   <li>Reserved bits in commands: the queue stops with CERROR_ILL when the unit is brought up.
 *   <li>An attach that reports success and does nothing (Linux be5a2d3f8f9), lost counts of devices with ATS
 *       (685ca577b408) and freed SVA state: matters of bookkeeping, which DRV-10 looks at.
 *   <li>Words of the wrong byte order, and StreamIDs of 32 bits in shifts: wrong constants, not wrong sequences.
 *   <li>Errata of implementations (Tegra264, MMU-700): the model is of the architecture.
 * </ul>
 */
class BrokenDriversTest extends BrokenDrivers {
    private static final String STAGE_1 = "stage-1-4-level";
    private static final String STAGE_2 = "stage-2-4-level";
    private static final String ONE_TO_ONE = "pasid/" + STAGE_1 + "->" + STAGE_1 + "/";
    private static final String FIRST_ATTACH = "pasid/blocked->" + STAGE_1 + "/";
    private static final String REMOVAL = "pasid/" + STAGE_1 + "->blocked/";
    private static final String RID_REMOVAL = "rid/" + STAGE_1 + "->blocked/";
    private static final String RID_TWO_TO_TWO = "rid/" + STAGE_2 + "->" + STAGE_2 + "/";

    @Override
    protected IommuDriverProvider driver() {
        return new Smmuv3DriverProvider();
    }

    @Override
    protected Stream<Defect> defects() {
        return Stream.of(entries(), caches(), order(), neighbours()).flatMap(defects -> defects);
    }

    private static Stream<Defect> entries() {
        return Stream.of(
                defect(
                        "page requests are not drained",
                        BrokenProvider.withParts(DefectiveDrains.notAtAll()),
                        "page-requests/" + REMOVAL + "default",
                        "DRV-19"),
                defect(
                        "page requests of an interrupted change are never drained",
                        BrokenProvider.withParts(DefectiveDrains.forgottenAfterAFailure()),
                        "faults/page-requests/" + ONE_TO_ONE + "alone/default",
                        "DRV-19"),
                defect(
                        "an answer that may have reached the device is given once more",
                        BrokenProvider.withParts(
                                DefectiveParts.invalidating(DefectiveInvalidations.AnsweringTwice::new)),
                        "faults/page-requests/answer/pasid/default",
                        "DRV-19"),
                defect(
                        "page requests are drained before the switch",
                        BrokenProvider.withParts(DefectiveDrains.tooEarly()),
                        "page-requests/" + ONE_TO_ONE + "default",
                        "DRV-19"),
                defect(
                        "a context descriptor is copied over the live one, word by word",
                        BrokenProvider.withParts(DefectiveParts.planningDescriptors(DefectivePlans::copyOver)),
                        ONE_TO_ONE + "alone/default",
                        "DRV-02",
                        "DRV-04",
                        "DRV-06"),
                defect(
                        "V of a context descriptor is cleared first although hitless is promised",
                        BrokenProvider.withParts(
                                DefectiveParts.planningDescriptors(DefectivePlans::descriptorInvalidFirst)),
                        ONE_TO_ONE + "alone/default",
                        "DRV-03",
                        "DRV-26"),
                defect(
                        "V of a stream table entry is cleared first although hitless is promised",
                        BrokenProvider.withParts(DefectiveParts.planningStreams(
                                StreamTableEntry.CONFIG_STAGE_2, DefectivePlans::streamInvalidFirst)),
                        RID_TWO_TO_TWO + "alone/default",
                        "DRV-03",
                        "DRV-26"),
                defect(
                        "a stream table entry is rewritten before one sync (Linux before 2024)",
                        BrokenProvider.withParts(DefectiveParts.planningStreams(
                                StreamTableEntry.CONFIG_STAGE_2, DefectivePlans::copyOver)),
                        RID_TWO_TO_TWO + "alone/default",
                        "DRV-02",
                        "DRV-04",
                        "DRV-06"),
                defect(
                        "a context descriptor becomes valid with a stale body, and its last word is never written",
                        BrokenProvider.withParts(DefectiveParts.planningFirstDescriptors(DefectivePlans::validFirst)),
                        FIRST_ATTACH + "alone/default",
                        "DRV-02"),
                defect(
                        "the table is changed before the ASID",
                        BrokenProvider.withParts(DefectiveParts.planningDescriptors(DefectivePlans::tableThenAsid)),
                        ONE_TO_ONE + "alone/default",
                        "DRV-02",
                        "DRV-06"),
                defect(
                        "the ASID is changed before the table",
                        BrokenProvider.withParts(DefectiveParts.planningDescriptors(DefectivePlans::asidThenTable)),
                        ONE_TO_ONE + "alone/default",
                        "DRV-02",
                        "DRV-04",
                        "DRV-06"),
                defect(
                        "both tables are used under one transit ASID",
                        BrokenProvider.withParts(DefectiveParts.throughTransitAsid()),
                        ONE_TO_ONE + "alone/default",
                        "DRV-02"),
                defect(
                        "removal goes through bypass",
                        BrokenProvider.withParts(DefectiveParts.planningStreams(
                                StreamTableEntry.CONFIG_STAGE_1, DefectivePlans::throughBypass)),
                        RID_REMOVAL + "alone/default",
                        "DRV-09"),
                defect(
                        "a garbage ASID is written, which nobody drops (Linux d3867e714831)",
                        BrokenProvider.withParts(DefectiveParts.writingDescriptors(descriptor ->
                                descriptor.withWord(0, descriptor.word(0) | -1L << ContextDescriptor.ASID_SHIFT))),
                        REMOVAL + "alone/default",
                        "DRV-04"),
                defect(
                        "a context descriptor asks for a granule that does not exist",
                        BrokenProvider.withParts(DefectiveParts.writingDescriptors(
                                descriptor -> descriptor.withWord(0, descriptor.word(0) | ContextDescriptor.TG0))),
                        FIRST_ATTACH + "alone/default",
                        "DRV-15"));
    }

    private static Stream<Defect> caches() {
        return Stream.of(
                defect(
                        "CFGI_CD names only the first of two StreamIDs",
                        BrokenProvider.withParts(
                                DefectiveParts.invalidating(DefectiveInvalidations.WithoutAlias::inConfiguration)),
                        ONE_TO_ONE + "aliases/default",
                        "DRV-04",
                        "DRV-07"),
                defect(
                        "CFGI_STE names only the first of two StreamIDs: DMA of the other goes on as before",
                        streamsOfTheFirstIdOnly(),
                        "rid/identity->blocked/aliases/default",
                        "DRV-04"),
                defect(
                        "CFGI_STE names only the first of two StreamIDs: the other meets a CD that is not valid any more",
                        streamsOfTheFirstIdOnly(),
                        "rid/" + STAGE_1 + "->identity/aliases/default",
                        "DRV-03",
                        "DRV-17",
                        "DRV-26"),
                defect(
                        "CFGI_STE names only the first of two StreamIDs: no DMA shows it, for CD 0 is not valid any more",
                        streamsOfTheFirstIdOnly(),
                        "rid/" + STAGE_1 + "->blocked/aliases/default",
                        "DRV-04"),
                defect(
                        "CFGI_STE_RANGE names only the page of the first of two StreamIDs",
                        streamsOfTheFirstIdOnly(),
                        RID_TWO_TO_TWO + "aliases/default",
                        "DRV-04",
                        "DRV-07"),
                defect(
                        "a device is released, and CFGI_STE names only the first of its two StreamIDs",
                        streamsOfTheFirstIdOnly(),
                        "faults/release/rid/" + STAGE_1 + "/default",
                        "DRV-07"),
                defect(
                        "an address space dies, and its users are fenced one by one",
                        BrokenProvider.withParts(
                                DefectiveParts.invalidating(DefectiveInvalidations.DeadSpacesFencedOneByOne::new)),
                        "faults/address-space-dies/pasid/default",
                        "DRV-04"),
                defect(
                        "ATC_INV names only the first of two StreamIDs",
                        BrokenProvider.withParts(
                                DefectiveParts.invalidating(DefectiveInvalidations.WithoutAlias::inDevices)),
                        ONE_TO_ONE + "aliases/default",
                        "DRV-04"),
                defect(
                        "an unmap drops nothing from the TLB",
                        BrokenProvider.withParts(
                                DefectiveParts.invalidating(DefectiveInvalidations.WithoutUnmappedPages::new)),
                        "pasid/" + STAGE_1 + "/map-unmap/ats=no",
                        "DRV-04",
                        "DRV-07"),
                defect(
                        "CFGI_CD is missing after a removal",
                        BrokenProvider.withParts(
                                DefectiveParts.invalidating(DefectiveInvalidations.WithoutDescriptors::new)),
                        REMOVAL + "alone/default",
                        "DRV-02",
                        "DRV-04",
                        "DRV-06"),
                defect(
                        "the last CFGI_CD is missing when a descriptor becomes valid",
                        BrokenProvider.withParts(
                                DefectiveParts.spoilingDescriptors(DefectivePlans::withoutTheLastInvalidation)),
                        FIRST_ATTACH + "alone/default",
                        "DRV-04",
                        "DRV-17"),
                defect(
                        "the L1CD is not invalidated when it becomes valid",
                        BrokenProvider.withParts(
                                DefectiveParts.invalidating(DefectiveInvalidations.LeavingPointers::new)),
                        FIRST_ATTACH + "alone/default",
                        "DRV-04",
                        "DRV-17"),
                defect(
                        "CFGI_CD_ALL is missing, and the old leaf is freed",
                        BrokenProvider.withParts(
                                DefectiveParts.invalidating(DefectiveInvalidations.WithoutDescriptors::new)),
                        ONE_TO_ONE + "alone/default",
                        "DRV-04",
                        "DRV-07"),
                defect(
                        "CFGI_STE is missing",
                        BrokenProvider.withParts(
                                DefectiveParts.invalidating(DefectiveInvalidations.WithoutStreams::new)),
                        "rid/identity->blocked/alone/default",
                        "DRV-04"),
                defect(
                        "the TLBI of the old ASID is missing",
                        BrokenProvider.withParts(
                                DefectiveParts.invalidating(DefectiveInvalidations.WithoutTranslations::new)),
                        REMOVAL + "alone/default",
                        "DRV-04"),
                defect(
                        "the TLBI names the ASID that is in the descriptor by then",
                        BrokenProvider.withParts(DefectiveParts.droppingTheNewAsid()),
                        REMOVAL + "alone/default",
                        "DRV-04"),
                defect(
                        "ATC_INV is forgotten",
                        BrokenProvider.withParts(
                                DefectiveParts.invalidating(DefectiveInvalidations.WithoutDevices::new)),
                        ONE_TO_ONE + "alone/default",
                        "DRV-04"),
                defect(
                        "ATC_INV names SubstreamID 0",
                        BrokenProvider.withParts(
                                DefectiveParts.invalidating(DefectiveInvalidations.DevicesWithoutPasid::new)),
                        ONE_TO_ONE + "alone/default",
                        "DRV-04"));
    }

    private static IommuDriverProvider streamsOfTheFirstIdOnly() {
        return BrokenProvider.withParts(DefectiveParts.invalidating(DefectiveInvalidations.WithoutAlias::inStreams));
    }

    private static Stream<Defect> order() {
        return Stream.of(
                defect(
                        "the device is told before the TLB (Linux before 2019)",
                        BrokenProvider.withParts(DefectiveParts.invalidating(DefectiveInvalidations.DevicesFirst::new)),
                        ONE_TO_ONE + "alone/default",
                        "DRV-16"),
                defect(
                        "TLBI and ATC_INV share one CMD_SYNC",
                        BrokenProvider.withParts(DefectiveParts.invalidating(DefectiveInvalidations.OneBatch::new)),
                        ONE_TO_ONE + "alone/default",
                        "DRV-16"),
                defect(
                        "commands are sent and not waited for",
                        BrokenProvider.withParts(DefectiveParts.invalidating(DefectiveInvalidations.NotWaiting::new)),
                        "rid/identity->blocked/alone/ats=no",
                        "DRV-13"),
                defect(
                        "no barrier before the L1CD is published",
                        BrokenProvider.withMemory(DefectiveMemory.withoutBarriers()),
                        FIRST_ATTACH + "alone/default",
                        "DRV-11"),
                defect(
                        "no cache cleaning where hardware does not snoop",
                        BrokenProvider.withMemory(DefectiveMemory.withoutCleaning()),
                        ONE_TO_ONE + "alone/coherent=no",
                        "DRV-12"),
                defect(
                        "the old leaf is freed before the wait",
                        BrokenProvider.withMemory(DefectiveMemory.freeingTooEarly(DefectiveStores::isPointer)),
                        ONE_TO_ONE + "alone/default",
                        "DRV-07"));
    }

    private static Stream<Defect> neighbours() {
        return Stream.of(
                defect(
                        "the next descriptor in the leaf is down for a moment",
                        BrokenProvider.withMemory(DefectiveStores.DisturbingTheNeighbour::new),
                        REMOVAL + "same-device-old/default",
                        "DRV-05"),
                defect(
                        "a change without PASID takes all PASIDs down for a moment",
                        BrokenProvider.withParts(DefectiveParts.planningStreams(
                                StreamTableEntry.CONFIG_STAGE_1, DefectivePlans::throughAbort)),
                        "rid/identity->blocked/other-path-paging/default",
                        "DRV-23"));
    }
}
