package dev.hitless.iommu.api;

import java.util.Map;
import java.util.Objects;

/**
 * What a guest programmed for its own stage. Which fields there are is the vendor's affair; a driver refuses names that
 * it does not know and values that its hardware cannot take, with EINVAL.
 *
 * @param guestRoot guest-physical address of the guest's table (VT-d: first-stage table; SMMUv3: context-descriptor
 *     table; AMD-Vi: GCR3 table)
 * @param levels levels of the guest's page table; 4 or 5 for x86 formats, informative elsewhere
 * @param fields further vendor fields by name, for example {@code SRE} or {@code S1CDMax}; absent means 0
 */
public record NestedConfig(long guestRoot, int levels, Map<String, Long> fields) {
    public NestedConfig {
        fields = Map.copyOf(Objects.requireNonNull(fields, "fields"));
    }

    /** Field {@code name}, 0 when absent. */
    public long field(String name) {
        return fields.getOrDefault(name, 0L);
    }
}
