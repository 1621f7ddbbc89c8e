package dev.hitless.iommu.qemu.mirror;

import dev.hitless.iommu.api.platform.RegisterBank;
import dev.hitless.iommu.qemu.unit.Departure;
import dev.hitless.iommu.qemu.unit.EmulatedIommu;
import java.util.Optional;

/** Registers of two IOMMUs that are told the same. */
final class MirroredRegisters implements RegisterBank {
    private final MirroringPlatform.Both both;
    private final RegisterBank modelled;
    private final RegisterBank emulated;
    private final EmulatedIommu iommu;

    MirroredRegisters(MirroringPlatform.Both both, EmulatedIommu iommu, RegisterBank emulated) {
        this.both = both;
        this.modelled = both.recording.registers();
        this.emulated = emulated;
        this.iommu = iommu;
    }

    @Override
    public int read32(long offset) {
        int inQemu = emulated.read32(offset);
        if (!both.onlyQemu) {
            int before = both.recording.lastEvent();
            compare(offset, Integer.toUnsignedLong(inQemu), Integer.toUnsignedLong(modelled.read32(offset)));
            both.tellIfCompletionWasSeen(before);
        }
        return inQemu;
    }

    @Override
    public long read64(long offset) {
        long inQemu = emulated.read64(offset);
        if (!both.onlyQemu) {
            int before = both.recording.lastEvent();
            compare(offset, inQemu, modelled.read64(offset));
            both.tellIfCompletionWasSeen(before);
        }
        return inQemu;
    }

    private void compare(long offset, long inQemu, long inModel) {
        if (iommu.identification().contains(offset)) {
            return;
        }
        long bits = iommu.meaningfulBits(offset);
        long difference = (inQemu ^ inModel) & bits;
        if (difference == 0) {
            return;
        }
        Optional<Departure> known = iommu.departure(offset, difference);
        if (known.isPresent()) {
            both.departures.add(known.get());
        } else {
            both.disagreements.add("register", offset, inQemu & bits, inModel & bits);
        }
    }

    @Override
    public void write32(long offset, int value) {
        if (!both.onlyQemu) {
            modelled.write32(offset, value);
        }
        emulated.write32(offset, value);
        both.tellChange();
    }

    @Override
    public void write64(long offset, long value) {
        if (!both.onlyQemu) {
            modelled.write64(offset, value);
        }
        emulated.write64(offset, value);
        both.tellChange();
    }
}
