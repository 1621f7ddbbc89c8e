package dev.hitless.iommu.conformance.observe;

import dev.hitless.iommu.hardware.CacheKind;
import dev.hitless.iommu.hardware.Translation;

/**
 * A finished translation that hardware may hold.
 *
 * @param cache where
 * @param tag under which tag
 * @param iova the probed address that it serves
 * @param outcome what a request for that address gets from it
 * @param translation the translation itself; not to be changed
 * @param filledBy whose request made it
 */
public record CachedTranslation(
        CacheKind cache, long tag, long iova, Outcome outcome, Translation translation, Stream filledBy) {}
