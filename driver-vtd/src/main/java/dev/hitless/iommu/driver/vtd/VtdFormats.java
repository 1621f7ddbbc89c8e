package dev.hitless.iommu.driver.vtd;

import dev.hitless.iommu.api.Capability;
import dev.hitless.iommu.api.DomainType;
import dev.hitless.iommu.api.DriverCapabilities;
import dev.hitless.iommu.api.PagingFormat;
import dev.hitless.iommu.api.Stage;
import dev.hitless.iommu.driver.support.pagetable.PageTableFormat;
import dev.hitless.iommu.driver.support.pagetable.X86PageTableFormat;
import dev.hitless.iommu.driver.support.unit.PagingFormats;
import java.util.EnumSet;
import java.util.Set;

/** What can be offered on the hardware that was found. */
final class VtdFormats {
    private static final long SIZE_4_KIB = 1L << 12;
    private static final long SIZE_2_MIB = 1L << 21;
    private static final long SIZE_1_GIB = 1L << 30;

    private final HardwareCapabilities hardware;
    private final int hostAddressBits;
    /** First stage first, as the kernel prefers it; fewer levels first, as walks are shorter. */
    private final PagingFormats formats = new PagingFormats();

    /** @param hostAddressBits width of physical addresses, 32..52 */
    VtdFormats(HardwareCapabilities hardware, int hostAddressBits) {
        this.hardware = hardware;
        this.hostAddressBits = hostAddressBits;
        if (hardware.firstStage()) {
            addFirstStage(4);
            if (hardware.firstStage5Levels()) {
                addFirstStage(5);
            }
        }
        if (hardware.secondStage()) {
            for (int levels = 3; levels <= 5; levels++) {
                if (hardware.secondStageLevels(levels)) {
                    addSecondStage(levels);
                }
            }
        }
    }

    private void addFirstStage(int levels) {
        // Sign extension takes the upper half; nobody maps there.
        int inputBits = Math.min(11 + 9 * levels, hardware.maximumAddressBits());
        long sizes = SIZE_4_KIB | SIZE_2_MIB | (hardware.firstStage1GiB() ? SIZE_1_GIB : 0);
        PageTableFormat tables = new X86PageTableFormat(
                "first-stage-" + levels + "-level", levels, inputBits, hostAddressBits, sizes, false, false, true);
        add(tables, "first-stage", Stage.FIRST, false);
    }

    private void addSecondStage(int levels) {
        int inputBits = Math.min(12 + 9 * levels, hardware.maximumAddressBits());
        long sizes = SIZE_4_KIB
                | (hardware.secondStage2MiB() ? SIZE_2_MIB : 0)
                | (hardware.secondStage1GiB() ? SIZE_1_GIB : 0);
        PageTableFormat tables =
                new SecondStageFormat("second-stage-" + levels + "-level", levels, inputBits, hostAddressBits, sizes);
        add(tables, "second-stage", Stage.SECOND, hardware.nesting() && hardware.firstStage());
    }

    private void add(PageTableFormat tables, String matrixName, Stage stage, boolean nestingParent) {
        PagingFormat format = new PagingFormat(
                tables.name(),
                matrixName,
                stage,
                tables.levels(),
                tables.inputAddressBits(),
                tables.outputAddressBits(),
                tables.pageSizes(),
                hardware.pasidBits() > 0,
                true,
                nestingParent,
                stage == Stage.SECOND);
        formats.add(format, tables);
    }

    /** The formats of page tables. */
    PagingFormats paging() {
        return formats;
    }

    /** All that the driver claims. */
    DriverCapabilities capabilities() {
        Set<Capability> claimed = EnumSet.noneOf(Capability.class);
        Set<DomainType> kinds = EnumSet.of(DomainType.BLOCKED);
        claim(claimed, Capability.PASID, hardware.pasidBits() > 0);
        claim(claimed, Capability.ATS, hardware.deviceTlb());
        claim(claimed, Capability.PRI, canTakePageRequests());
        claim(claimed, Capability.FIRST_STAGE, hardware.firstStage());
        if (formats.offered().stream().anyMatch(format -> format.stage() == Stage.SECOND)) {
            claimed.add(Capability.SECOND_STAGE);
        }
        if (!formats.offered().isEmpty()) {
            kinds.add(DomainType.PAGING);
        }
        if (canNest()) {
            claimed.add(Capability.NESTED);
            kinds.add(DomainType.NESTED);
        }
        if (canShareAddressSpaces()) {
            claimed.add(Capability.SVA);
            kinds.add(DomainType.SVA);
        }
        if (hardware.passThrough()) {
            claimed.add(Capability.IDENTITY);
            kinds.add(DomainType.IDENTITY);
        }
        boolean pasid = hardware.pasidBits() > 0;
        return new DriverCapabilities(
                claimed, formats.offered(), hardware.pasidBits(), pasid ? kinds : Set.of(), kinds);
    }

    private static void claim(Set<Capability> claimed, Capability capability, boolean there) {
        if (there) {
            claimed.add(capability);
        }
    }

    /** Page requests come from devices with ATS. */
    boolean canTakePageRequests() {
        return hardware.deviceTlb() && hardware.pageRequests();
    }

    boolean canNest() {
        return formats.offered().stream().anyMatch(PagingFormat::nestingParent);
    }

    /**
     * The CPU cleans no cache lines when it changes its tables, and hardware sets accessed bits in them: both ask for
     * walks that snoop. Address spaces go with PASIDs.
     */
    boolean canShareAddressSpaces() {
        return hardware.firstStage() && hardware.coherentPageWalk() && hardware.pasidBits() > 0;
    }
}
