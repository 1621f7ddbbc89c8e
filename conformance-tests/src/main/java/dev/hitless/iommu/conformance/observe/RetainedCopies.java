package dev.hitless.iommu.conformance.observe;

import dev.hitless.iommu.conformance.trace.MemoryImage;
import dev.hitless.iommu.hardware.CacheKind;
import dev.hitless.iommu.hardware.DmaRequest;
import dev.hitless.iommu.hardware.StructureKind;
import dev.hitless.iommu.hardware.StructureReader;
import dev.hitless.iommu.hardware.Translation;
import dev.hitless.iommu.hardware.Walker;
import java.util.LinkedHashSet;
import java.util.Set;

/** Copies of entries that hardware may keep when it walks, with memory as it was at one moment. */
public final class RetainedCopies implements StructureReader {
    /**
     * A copy.
     *
     * @param address where the entry lies in memory
     * @param tag as the walker gave it, with what follows: see {@link StructureReader#retain}
     */
    public record Copy(long address, CacheKind cache, long tag, long firstAddress, long lengthBytes) {}

    private final ImageReader image;
    private final Set<Copy> copies = new LinkedHashSet<>();
    private long fetched;

    /** None yet, of what lies in {@code image}. */
    public RetainedCopies(MemoryImage image) {
        this.image = new ImageReader(image);
    }

    /** Adds those that {@code request} may leave behind when {@code walker} serves it. */
    public void add(Walker walker, DmaRequest request) {
        walker.translate(request, this, new Translation());
    }

    /** All so far. */
    public Set<Copy> copies() {
        return Set.copyOf(copies);
    }

    @Override
    public boolean fetch(StructureKind kind, long address) {
        fetched = address;
        return image.fetch(kind, address);
    }

    @Override
    public long word(int index) {
        return image.word(index);
    }

    @Override
    public void retain(CacheKind cache, long tag, long firstAddress, long lengthBytes) {
        copies.add(new Copy(fetched, cache, tag, firstAddress, lengthBytes));
    }

    @Override
    public boolean hit(CacheKind cache, long tag, long iova, Translation out) {
        return false;
    }
}
