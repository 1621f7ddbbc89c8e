package dev.hitless.iommu.conformance.observe;

import dev.hitless.iommu.hardware.FaultClass;
import dev.hitless.iommu.hardware.Translation;

/**
 * What a DMA request met. Two outcomes are equal when DMA could not tell them apart: fault codes and page sizes do not
 * count, output address, permissions and memory attributes do.
 */
public final class Outcome {
    /** Kinds of outcome. */
    public enum Kind {
        TRANSLATED,
        NOT_MAPPED,
        PERMISSION,
        BLOCKED,
        ILLEGAL_ENTRY,
        ACCESS,
        CONFLICT,
        /** Hardware read memory that had been freed. */
        USE_AFTER_FREE,
        /** Hardware read memory that nobody had written yet, as far as it could see. */
        UNDEFINED_MEMORY
    }

    private final Kind kind;
    private final long output;
    private final int permissions;
    private final long attributes;
    private final int faultCode;
    private final String detail;

    private Outcome(Kind kind, long output, int permissions, long attributes, int faultCode, String detail) {
        this.kind = kind;
        this.output = output;
        this.permissions = permissions;
        this.attributes = attributes;
        this.faultCode = faultCode;
        this.detail = detail;
    }

    /** The outcome of a request for {@code iova} that met {@code translation}. */
    public static Outcome of(Translation translation, long iova) {
        FaultClass fault = translation.faultClass();
        if (fault == null) {
            return new Outcome(
                    Kind.TRANSLATED,
                    translation.output(iova),
                    translation.permissions(),
                    translation.attributes(),
                    0,
                    "");
        }
        return new Outcome(kindOf(fault), 0, 0, 0, translation.faultCode(), translation.reason());
    }

    static Outcome defect(Kind kind, String detail) {
        return new Outcome(kind, 0, 0, 0, 0, detail);
    }

    private static Kind kindOf(FaultClass fault) {
        switch (fault) {
            case NOT_MAPPED:
                return Kind.NOT_MAPPED;
            case PERMISSION:
                return Kind.PERMISSION;
            case BLOCKED:
                return Kind.BLOCKED;
            case ILLEGAL_ENTRY:
                return Kind.ILLEGAL_ENTRY;
            case ACCESS:
                return Kind.ACCESS;
            case CONFLICT:
                return Kind.CONFLICT;
        }
        throw new IllegalArgumentException("fault class " + fault);
    }

    /** What kind. */
    public Kind kind() {
        return kind;
    }

    /** Whether DMA reached memory. */
    public boolean isTranslated() {
        return kind == Kind.TRANSLATED;
    }

    /** Output address of the very byte that was asked for. */
    public long output() {
        return output;
    }

    /** {@link Translation#READ} and so on. */
    public int permissions() {
        return permissions;
    }

    /** The model's encoding of memory type and the like. */
    public long attributes() {
        return attributes;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Outcome that
                && kind == that.kind
                && output == that.output
                && permissions == that.permissions
                && attributes == that.attributes;
    }

    @Override
    public int hashCode() {
        return Long.hashCode(output * 31 + attributes * 17 + permissions) * 31 + kind.hashCode();
    }

    @Override
    public String toString() {
        if (kind == Kind.TRANSLATED) {
            return "0x" + Long.toHexString(output)
                    + ((permissions & Translation.READ) != 0 ? " r" : " -")
                    + ((permissions & Translation.WRITE) != 0 ? "w" : "-")
                    + (attributes == 0 ? "" : " attributes 0x" + Long.toHexString(attributes));
        }
        String code = faultCode == 0 ? "" : "fault 0x" + Integer.toHexString(faultCode) + ": ";
        return kind + (detail.isEmpty() ? "" : " (" + code + detail + ")");
    }
}
