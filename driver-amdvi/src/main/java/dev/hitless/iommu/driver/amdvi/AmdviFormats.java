package dev.hitless.iommu.driver.amdvi;

import dev.hitless.iommu.api.Capability;
import dev.hitless.iommu.api.DomainType;
import dev.hitless.iommu.api.DriverCapabilities;
import dev.hitless.iommu.api.PagingFormat;
import dev.hitless.iommu.api.Stage;
import dev.hitless.iommu.driver.support.pagetable.PageTableFormat;
import dev.hitless.iommu.driver.support.pagetable.X86PageTableFormat;
import dev.hitless.iommu.driver.support.unit.PagingFormats;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/** What can be offered on the hardware that was found. */
final class AmdviFormats {
    /** Fewer would not reach what large pages are for. */
    private static final int FEWEST_HOST_LEVELS = 3;

    /** Half of the 64 bits of Mode 6: nobody needs the other, and sizes stay positive. */
    private static final int MOST_INPUT_BITS = 63;

    private final HardwareCapabilities hardware;
    /** v2 first, as it goes behind PASIDs too; fewer levels first. */
    private final PagingFormats formats = new PagingFormats();

    AmdviFormats(HardwareCapabilities hardware) {
        this.hardware = hardware;
        if (hardware.guestTranslation()) {
            for (int levels = 4; levels <= hardware.guestLevels(); levels++) {
                addGuest(levels);
            }
        }
        for (int levels = FEWEST_HOST_LEVELS; levels <= hardware.hostLevels(); levels++) {
            addHost(levels);
        }
    }

    private void addGuest(int levels) {
        // PASIDs sign-extend; PASID 0 does not (48882, 2.2.6.5). One table serves both within the lower half.
        PageTableFormat tables = X86PageTableFormat.of(
                "v2-" + levels + "-level", levels, hardware.physicalAddressBits(), X86PageTableFormat.ALL_PAGE_SIZES);
        add(tables, "v2", Stage.FIRST);
    }

    private void addHost(int levels) {
        int inputBits = Math.min(12 + 9 * levels, MOST_INPUT_BITS);
        add(
                new HostTableFormat("v1-" + levels + "-level", levels, inputBits, hardware.physicalAddressBits()),
                "v1",
                Stage.SECOND);
    }

    private void add(PageTableFormat tables, String matrixName, Stage stage) {
        boolean host = stage == Stage.SECOND;
        PagingFormat format = new PagingFormat(
                tables.name(),
                matrixName,
                stage,
                tables.levels(),
                tables.inputAddressBits(),
                tables.outputAddressBits(),
                tables.pageSizes(),
                !host && hardware.pasidBits() > 0,
                true,
                host && hardware.nesting(),
                host);
        formats.add(format, tables);
    }

    /** The formats of page tables. */
    PagingFormats paging() {
        return formats;
    }

    /** All that the driver claims. */
    DriverCapabilities capabilities() {
        Set<Capability> claimed = EnumSet.of(Capability.SECOND_STAGE, Capability.IDENTITY);
        Set<DomainType> withoutPasid = EnumSet.of(DomainType.BLOCKED, DomainType.PAGING, DomainType.IDENTITY);
        Set<DomainType> onPasid = EnumSet.noneOf(DomainType.class);
        if (hardware.deviceTlb()) {
            claimed.add(Capability.ATS);
        }
        if (takesPageRequests()) {
            claimed.add(Capability.PRI);
        }
        if (hardware.guestTranslation()) {
            claimed.add(Capability.FIRST_STAGE);
        }
        if (hardware.nesting()) {
            claimed.add(Capability.NESTED);
            withoutPasid.add(DomainType.NESTED);
        }
        if (hardware.pasidBits() > 0) {
            claimed.addAll(List.of(Capability.PASID, Capability.SVA));
            onPasid.addAll(List.of(DomainType.BLOCKED, DomainType.PAGING, DomainType.SVA));
        }
        return new DriverCapabilities(claimed, formats.offered(), hardware.pasidBits(), onPasid, withoutPasid);
    }

    /** Page requests come from devices with ATS, and are of use with v2 tables and PASIDs only. */
    private boolean takesPageRequests() {
        return hardware.deviceTlb() && hardware.pasidBits() > 0;
    }
}
