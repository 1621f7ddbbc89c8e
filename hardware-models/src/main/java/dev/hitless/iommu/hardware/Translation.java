package dev.hitless.iommu.hardware;

import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The result of a walk. Mutable and reused: walkers allocate nothing. */
public final class Translation {
    /** Reads are allowed. */
    public static final int READ = 1;
    /** Writes are allowed. */
    public static final int WRITE = 2;
    /** Instruction fetches are allowed. */
    public static final int EXECUTE = 4;

    private @Nullable FaultClass fault;
    private int faultCode;
    private String reason = "";
    private long inputPage;
    private long outputPage;
    private long pageBytes;
    private int permissions;
    private long attributes;
    private @Nullable CacheKind cache;
    private long tag;

    /** Records a translation of the page at {@code inputPage}. {@code attributes} is the model's encoding of memory type and the like. */
    public void translated(long inputPage, long outputPage, long pageBytes, int permissions, long attributes) {
        this.fault = null;
        this.faultCode = 0;
        this.reason = "";
        this.inputPage = inputPage;
        this.outputPage = outputPage;
        this.pageBytes = pageBytes;
        this.permissions = permissions;
        this.attributes = attributes;
        this.cache = null;
        this.tag = 0;
    }

    /**
     * After {@link #translated}: hardware may keep the translation in {@code cache} under {@code tag}, from the instant of
     * the walk until an invalidation drops it, whatever becomes of the entries that it was made from.
     */
    public void cacheable(CacheKind cache, long tag) {
        this.cache = Objects.requireNonNull(cache, "cache");
        this.tag = tag;
    }

    /** Records a fault. {@code code} is the architecture's, {@code reason} a constant text. */
    public void fault(FaultClass fault, int code, String reason) {
        this.fault = Objects.requireNonNull(fault, "fault");
        this.faultCode = code;
        this.reason = reason;
        this.inputPage = 0;
        this.outputPage = 0;
        this.pageBytes = 0;
        this.permissions = 0;
        this.attributes = 0;
        this.cache = null;
        this.tag = 0;
    }

    /** Takes over all of {@code other}. */
    public void set(Translation other) {
        fault = other.fault;
        faultCode = other.faultCode;
        reason = other.reason;
        inputPage = other.inputPage;
        outputPage = other.outputPage;
        pageBytes = other.pageBytes;
        permissions = other.permissions;
        attributes = other.attributes;
        cache = other.cache;
        tag = other.tag;
    }

    /** Whether the walk ended in a fault. */
    public boolean isFault() {
        return fault != null;
    }

    /** Class of the fault, or null. */
    public @Nullable FaultClass faultClass() {
        return fault;
    }

    /** The architecture's fault code. */
    public int faultCode() {
        return faultCode;
    }

    /** The fault in words. */
    public String reason() {
        return reason;
    }

    /** First input address of the page. */
    public long inputPage() {
        return inputPage;
    }

    /** First output address of the page. */
    public long outputPage() {
        return outputPage;
    }

    /** Size of the page in bytes, a power of two, unsigned; 0 stands for the whole 64-bit space. */
    public long pageBytes() {
        return pageBytes;
    }

    /** {@link #READ}, {@link #WRITE}, {@link #EXECUTE}. */
    public int permissions() {
        return permissions;
    }

    /** The model's encoding of memory type and the like. */
    public long attributes() {
        return attributes;
    }

    /** Where hardware may keep it, or null. */
    public @Nullable CacheKind cache() {
        return cache;
    }

    /** Under which tag. */
    public long tag() {
        return tag;
    }

    /** Output address for {@code iova}, an address in the page. */
    public long output(long iova) {
        return outputPage + (iova - inputPage);
    }

    @Override
    public String toString() {
        if (fault != null) {
            return fault + " (" + String.format(Locale.ROOT, "0x%x", faultCode) + " " + reason + ")";
        }
        return String.format(
                Locale.ROOT,
                "0x%x -> 0x%x %s%s%s",
                inputPage,
                outputPage,
                (permissions & READ) != 0 ? "r" : "-",
                (permissions & WRITE) != 0 ? "w" : "-",
                attributes == 0 ? "" : " attributes 0x" + Long.toHexString(attributes));
    }
}
