package dev.hitless.iommu.api;

import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/**
 * What a driver offers on the hardware that it found. Immutable; known after {@link IommuDriverProvider#create}.
 *
 * @param capabilities what is claimed
 * @param formats formats that paging domains can be built in, preferred first
 * @param pasidBits width of PASIDs that the IOMMU can take, 0 without PASID support
 * @param onPasid kinds that can stand behind a PASID (BLOCKED included wherever PASID is claimed)
 * @param withoutPasid kinds that can stand behind requests without PASID
 */
public record DriverCapabilities(
        Set<Capability> capabilities,
        List<PagingFormat> formats,
        int pasidBits,
        Set<DomainType> onPasid,
        Set<DomainType> withoutPasid) {
    public DriverCapabilities {
        capabilities = inOrder(Capability.class, Objects.requireNonNull(capabilities, "capabilities"));
        formats = List.copyOf(Objects.requireNonNull(formats, "formats"));
        onPasid = inOrder(DomainType.class, Objects.requireNonNull(onPasid, "onPasid"));
        withoutPasid = inOrder(DomainType.class, Objects.requireNonNull(withoutPasid, "withoutPasid"));
        if (pasidBits < 0 || pasidBits > 20) {
            throw new IllegalArgumentException("pasidBits " + pasidBits + " not in 0..20");
        }
        if ((pasidBits > 0) != capabilities.contains(Capability.PASID)) {
            throw new IllegalArgumentException("pasidBits " + pasidBits + " contradicts capabilities " + capabilities);
        }
    }

    /** Whether {@code capability} is claimed. */
    public boolean has(Capability capability) {
        return capabilities.contains(capability);
    }

    /** A copy that always comes in the same order, and finds without hash codes, which for constants differ from run to run. */
    private static <E extends Enum<E>> Set<E> inOrder(Class<E> type, Set<E> values) {
        EnumSet<E> copy = EnumSet.noneOf(type);
        copy.addAll(values);
        return Collections.unmodifiableSet(copy);
    }
}
