package dev.hitless.iommu.conformance.observe;

import dev.hitless.iommu.conformance.trace.MemoryImage;
import dev.hitless.iommu.hardware.CacheKind;
import dev.hitless.iommu.hardware.DmaRequest;
import dev.hitless.iommu.hardware.StructureKind;
import dev.hitless.iommu.hardware.StructureReader;
import dev.hitless.iommu.hardware.Translation;
import dev.hitless.iommu.hardware.Walker;
import org.jspecify.annotations.Nullable;

/** Reads memory as it was at one moment, without caches: what the tables <em>say</em>. */
public final class ImageReader implements StructureReader {
    private final MemoryImage image;
    private long address;
    private @Nullable WalkPath path;

    /** A reader of {@code image}. */
    public ImageReader(MemoryImage image) {
        this.image = image;
    }

    /** What {@code request} meets when {@code walker} reads this image. */
    public Outcome outcome(Walker walker, DmaRequest request) {
        Translation translation = new Translation();
        walker.translate(request, this, translation);
        walker.admit(request, translation);
        return Outcome.of(translation, request.iova());
    }

    /** The translation itself, whatever the request's access. */
    public Translation translation(Walker walker, DmaRequest request) {
        Translation translation = new Translation();
        walker.translate(request, this, translation);
        return translation;
    }

    /** The way that the walk for {@code request} takes. */
    WalkPath path(Walker walker, DmaRequest request) {
        WalkPath noted = new WalkPath();
        path = noted;
        translation(walker, request);
        path = null;
        return noted;
    }

    @Override
    public boolean fetch(StructureKind kind, long at) {
        WalkPath noted = path;
        if (noted != null) {
            noted.fetched(kind, at);
        }
        address = at;
        return image.isMemory(at);
    }

    @Override
    public long word(int index) {
        return image.word(address + 8L * index);
    }

    @Override
    public void retain(CacheKind cache, long tag, long firstAddress, long lengthBytes) {
        // Nothing is kept.
    }

    @Override
    public boolean hit(CacheKind cache, long tag, long iova, Translation out) {
        WalkPath noted = path;
        if (noted != null) {
            noted.lookedUp(cache, tag);
        }
        return false;
    }
}
