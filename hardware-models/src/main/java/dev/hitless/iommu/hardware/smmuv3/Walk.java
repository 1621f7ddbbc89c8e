package dev.hitless.iommu.hardware.smmuv3;

import dev.hitless.iommu.hardware.FaultClass;
import dev.hitless.iommu.hardware.StructureReader;
import dev.hitless.iommu.hardware.Translation;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One translation under way: who reads, where the result goes, and the words of the STE and the CD that it goes by.
 * Reused, so that walking allocates nothing.
 */
final class Walk {
    long ste0;
    long ste1;
    long ste2;
    long ste3;
    long cd0;
    long cd1;
    long cd2;
    long cd3;

    private @Nullable StructureReader reader;
    private @Nullable Translation out;

    /** Starts a translation with no entry in hand. */
    void begin(StructureReader structureReader, Translation result) {
        reader = structureReader;
        out = result;
        ste0 = 0;
        ste1 = 0;
        ste2 = 0;
        ste3 = 0;
        cd0 = 0;
        cd1 = 0;
        cd2 = 0;
        cd3 = 0;
    }

    void end() {
        reader = null;
        out = null;
    }

    boolean isUnderWay() {
        return reader != null;
    }

    StructureReader reader() {
        return Objects.requireNonNull(reader, "no walk is under way");
    }

    Translation out() {
        return Objects.requireNonNull(out, "no walk is under way");
    }

    /** Ends in a fault. */
    void fault(FaultClass fault, int code, String reason) {
        out().fault(fault, code, reason);
    }
}
