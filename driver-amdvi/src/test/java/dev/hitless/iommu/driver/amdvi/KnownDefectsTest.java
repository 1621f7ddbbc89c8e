package dev.hitless.iommu.driver.amdvi;

import dev.hitless.iommu.api.IommuDriverProvider;
import dev.hitless.iommu.conformance.junit.BrokenDrivers;
import dev.hitless.iommu.conformance.junit.Defect;
import java.util.stream.Stream;

/**
 * More defects than {@link BrokenDriversTest} has, of finer grain: each is caught by exactly the rules that it breaks. What
 * takes two threads is in {@link BrokenOverlapsTest}.
 *
 * <p>Known defects of Linux and Xen that do not show here, and why:
 *
 * <ul>
 *   <li>lost interrupt bits (66ea3f96ae2b), stale interrupt entries of aliases (5aac28784dca): no interrupts are remapped
 *   <li>waiting under a spinlock (CVE-2026-43253): slow, not wrong; this driver waits with locks held, too
 *   <li>needless flushes (69fe699afe1a, 2212fc2acf3f): slow, not wrong
 *   <li>bits that firmware asked for lost on root growth (c5b0320bbf79), root and Mode torn in it (2019): tables of this
 *       driver do not grow, and it takes no such bits
 *   <li>lifetime of an mm (7.0-rc4), reference counts (055e727e033c), leaked guest ids: that is not in memory which
 *       hardware reads
 *   <li>identity under SNP (7.0-rc4): SNP is not modelled
 *   <li>page sizes and apertures advertised wrongly (7a41dcb52f9d, d11dd27c7e31), IOVA 0 taken for unmapped
 *       (789a5913b29c): defects of page tables, not of a change of domain
 *   <li>an error code used as DomainID (fa5c0827f0b7): a guest's DomainID is not used by this driver
 * </ul>
 */
class KnownDefectsTest extends BrokenDrivers {
    private static final String V2_TO_V2 = "pasid/v2-4-level->v2-4-level/";
    private static final String NESTED_TO_NESTED = "rid/nested->nested/";

    @Override
    protected IommuDriverProvider driver() {
        return new AmdviDriverProvider();
    }

    @Override
    protected Stream<Defect> defects() {
        return Stream.of(ofPasids(), ofFlushes(), ofRequestsWithoutPasid()).flatMap(part -> part);
    }

    /** Changes behind a PASID: of a GCR3 entry. */
    private static Stream<Defect> ofPasids() {
        return Stream.of(
                defect(
                        "another PASID's GCR3 entry is disturbed",
                        BrokenProvider.withMemory(DefectiveStores.DisturbingTheNeighbour::new),
                        V2_TO_V2 + "same-leaf/default",
                        "DRV-05"),
                defect(
                        "nothing is flushed when a PASID is first set, with NpCache",
                        BrokenProvider.withParts(DefectiveSwitches.nothingDroppedOnFirstSet()),
                        "pasid/blocked->v2-4-level/alone/non-present-cache=yes",
                        "DRV-04",
                        "DRV-17"),
                defect(
                        "two devices share a DomainID",
                        BrokenProvider.withParts(DefectiveEntries.oneDomainIdForAll()),
                        V2_TO_V2 + "same-pasid-old/default",
                        "DRV-04",
                        "DRV-05",
                        "DRV-06"));
    }

    /** What is flushed behind a PASID, and how. */
    private static Stream<Defect> ofFlushes() {
        return Stream.of(
                defect(
                        "pages of the next PASID are flushed",
                        BrokenProvider.withParts(DefectiveInvalidations.nextPasid()),
                        V2_TO_V2 + "alone/default",
                        "DRV-04"),
                defect(
                        "pages of the next DomainID are flushed",
                        BrokenProvider.withParts(DefectiveInvalidations.nextDomainId()),
                        V2_TO_V2 + "alone/default",
                        "DRV-04"),
                defect(
                        "pages are flushed with PDE=0",
                        BrokenProvider.withParts(DefectiveCommands.directoriesStay()),
                        V2_TO_V2 + "alone/default",
                        "DRV-04"),
                defect(
                        "one page is flushed instead of all",
                        BrokenProvider.withParts(DefectiveCommands.onePageInsteadOfAll()),
                        V2_TO_V2 + "alone/default",
                        "DRV-04"),
                defect(
                        "an unmap frees page tables and flushes nothing",
                        BrokenProvider.withParts(DefectiveInvalidations.withoutUnmappedPages()),
                        "pasid/v2-4-level/map-unmap/default",
                        "DRV-04",
                        "DRV-07"),
                defect(
                        "the device is told of PASID 0 only",
                        BrokenProvider.withParts(DefectiveInvalidations.devicesOfPasidZero()),
                        V2_TO_V2 + "alone/default",
                        "DRV-04"),
                defect(
                        "a command has a reserved bit set",
                        BrokenProvider.withParts(DefectiveCommands.reservedBitTried()),
                        V2_TO_V2 + "alone/default",
                        "DRV-14"),
                defect(
                        "a completion that does not come is taken for one",
                        BrokenProvider.withParts(DefectiveCommands.failuresIgnored()),
                        "faults/pasid/v2-4-level->v2-4-level/alone/default",
                        "DRV-04",
                        "DRV-13",
                        "DRV-16"));
    }

    /** Changes behind requests without PASID: of the device-table entry. */
    private static Stream<Defect> ofRequestsWithoutPasid() {
        return Stream.of(
                defect(
                        "tables first, then the DomainID",
                        BrokenProvider.withParts(DefectiveEntries.tablesThenDomainId()),
                        NESTED_TO_NESTED + "alone/default",
                        "DRV-06"),
                defect(
                        "tables first, then the DomainID, which another device uses",
                        BrokenProvider.withParts(DefectiveEntries.tablesThenDomainId()),
                        NESTED_TO_NESTED + "same-pasid-old/default",
                        "DRV-05",
                        "DRV-06"),
                defect(
                        "GIoV is set before PASID 0 has a GCR3 entry",
                        BrokenProvider.withParts(DefectiveSwitches.guestPathBeforeItsEntry()),
                        "rid/identity->v2-4-level/alone/default",
                        "DRV-03",
                        "DRV-26"),
                defect(
                        "PASIDs vanish with the domain behind requests without PASID",
                        BrokenProvider.withParts(DefectiveSwitches.pasidsVanish()),
                        "rid/identity->v2-4-level/other-path-paging/default",
                        "DRV-05",
                        "DRV-23"));
    }
}
