package dev.hitless.iommu.conformance.machine;

import dev.hitless.iommu.conformance.observe.Outcome;
import java.util.List;

/**
 * What a domain is meant to do with a request, known from what the scenario asked for, not from any table.
 *
 * @param kind the kind of outcome
 * @param output output address, if translated
 */
public record Expected(Outcome.Kind kind, long output) {
    /** Whatever the hardware does there, as long as it does the same before and after. */
    public static final Expected UNSPECIFIED = new Expected(Outcome.Kind.ACCESS, 0);
    /** All DMA is aborted. */
    public static final Expected BLOCKED = new Expected(Outcome.Kind.BLOCKED, 0);
    /** Nothing is mapped there. */
    public static final Expected NOT_MAPPED = new Expected(Outcome.Kind.NOT_MAPPED, 0);
    /** Mapped, but not for this access. */
    public static final Expected PERMISSION = new Expected(Outcome.Kind.PERMISSION, 0);

    /** DMA reaches {@code output}. */
    public static Expected translated(long output) {
        return new Expected(Outcome.Kind.TRANSLATED, output);
    }

    /** What {@code mappings} are meant to do with an access. */
    public static Expected of(List<Mapping> mappings, long iova, boolean write) {
        for (Mapping mapping : mappings) {
            if (mapping.contains(iova)) {
                return write && !mapping.write() ? PERMISSION : translated(mapping.output() + (iova - mapping.iova()));
            }
        }
        return NOT_MAPPED;
    }

    /** Whether {@code outcome} is what was meant. */
    public boolean matches(Outcome outcome) {
        return equals(UNSPECIFIED)
                || (outcome.kind() == kind && (kind != Outcome.Kind.TRANSLATED || outcome.output() == output));
    }

    @Override
    public String toString() {
        if (equals(UNSPECIFIED)) {
            return "unspecified";
        }
        return kind == Outcome.Kind.TRANSLATED ? "0x" + Long.toHexString(output) : kind.toString();
    }
}
