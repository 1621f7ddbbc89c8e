package dev.hitless.iommu.driver.smmuv3;

import dev.hitless.iommu.api.Capability;
import dev.hitless.iommu.api.DomainType;
import dev.hitless.iommu.api.DriverCapabilities;
import dev.hitless.iommu.api.PagingFormat;
import dev.hitless.iommu.api.Stage;
import dev.hitless.iommu.driver.support.pagetable.PageTableFormat;
import dev.hitless.iommu.driver.support.unit.PagingFormats;
import java.util.EnumSet;
import java.util.Set;

/** What can be offered on the hardware that was found. */
final class Smmuv3Formats {
    /** Guest-physical addresses that three levels reach, with two root tables in a row. */
    private static final int STAGE_2_THREE_LEVEL_BITS = 40;

    /** Four levels of stage 2 need physical addresses of at least 44 bits (Arm ARM, VTCR_EL2.SL0). */
    private static final int STAGE_2_FOUR_LEVEL_BITS = 44;

    private final HardwareCapabilities hardware;
    /** Stage 1 first: it goes with PASIDs. */
    private final PagingFormats formats = new PagingFormats();

    Smmuv3Formats(HardwareCapabilities hardware) {
        this.hardware = hardware;
        int output = hardware.outputBits();
        if (hardware.stage1()) {
            add(new StageOneFormat("stage-1-4-level", 4, 48, output), "stage-1", Stage.FIRST);
            add(new StageOneFormat("stage-1-3-level", 3, 39, output), "stage-1", Stage.FIRST);
        }
        if (hardware.stage2()) {
            int threeLevel = Math.min(output, STAGE_2_THREE_LEVEL_BITS);
            add(new StageTwoFormat("stage-2-3-level", 3, threeLevel, output), "stage-2", Stage.SECOND);
            if (output >= STAGE_2_FOUR_LEVEL_BITS) {
                add(new StageTwoFormat("stage-2-4-level", 4, output, output), "stage-2", Stage.SECOND);
            }
        }
    }

    private void add(PageTableFormat tables, String matrixName, Stage stage) {
        PagingFormat format = new PagingFormat(
                tables.name(),
                matrixName,
                stage,
                tables.levels(),
                tables.inputAddressBits(),
                tables.outputAddressBits(),
                tables.pageSizes(),
                stage == Stage.FIRST && pasidBits(hardware) > 0,
                true,
                stage == Stage.SECOND && hardware.nesting(),
                stage == Stage.SECOND);
        formats.add(format, tables);
    }

    /** Width of PASIDs that this driver takes: a linear table of more than 1024 descriptors is too long to be copied. */
    static int pasidBits(HardwareCapabilities hardware) {
        int bits = hardware.substreamIdBits();
        return hardware.twoLevelContextTables() ? bits : Math.min(bits, ContextTable.LINEAR_BITS);
    }

    /** The formats of page tables. */
    PagingFormats paging() {
        return formats;
    }

    /** All that the driver claims. */
    DriverCapabilities capabilities() {
        int pasidBits = pasidBits(hardware);
        Set<Capability> claimed = EnumSet.of(Capability.IDENTITY);
        claim(claimed, Capability.PASID, pasidBits > 0);
        claim(claimed, Capability.ATS, hardware.ats());
        claim(claimed, Capability.PRI, canTakePageRequests());
        claim(claimed, Capability.FIRST_STAGE, hardware.stage1());
        claim(claimed, Capability.SECOND_STAGE, hardware.stage2());
        claim(claimed, Capability.NESTED, hardware.nesting());
        claim(claimed, Capability.SVA, canShareAddressSpaces());
        Set<DomainType> onPasid = EnumSet.noneOf(DomainType.class);
        Set<DomainType> withoutPasid = EnumSet.of(DomainType.BLOCKED, DomainType.IDENTITY, DomainType.PAGING);
        if (pasidBits > 0) {
            onPasid.addAll(Set.of(DomainType.BLOCKED, DomainType.PAGING));
        }
        if (canShareAddressSpaces()) {
            onPasid.add(DomainType.SVA);
            withoutPasid.add(DomainType.SVA);
        }
        if (hardware.nesting()) {
            withoutPasid.add(DomainType.NESTED);
        }
        return new DriverCapabilities(claimed, formats.offered(), pasidBits, onPasid, withoutPasid);
    }

    private static void claim(Set<Capability> claimed, Capability capability, boolean there) {
        if (there) {
            claimed.add(capability);
        }
    }

    /** Page requests come from devices with ATS. */
    boolean canTakePageRequests() {
        return hardware.ats() && hardware.pageRequests();
    }

    /** The CPU cleans no cache lines when it changes its tables, so walks have to snoop. Address spaces go with PASIDs. */
    boolean canShareAddressSpaces() {
        return hardware.stage1() && hardware.coherent() && pasidBits(hardware) > 0;
    }
}
