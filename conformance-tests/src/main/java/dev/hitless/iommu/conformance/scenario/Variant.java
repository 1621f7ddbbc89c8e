package dev.hitless.iommu.conformance.scenario;

import dev.hitless.iommu.hardware.HardwareConfiguration;
import dev.hitless.iommu.hardware.HardwareOption;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * One hardware implementation, and the platform around it.
 *
 * @param configuration the hardware
 * @param store128 whether the CPU has 128-bit stores
 * @param label how it differs from the usual: {@code default}, or for example {@code coherent=no+device-tlb=no}
 */
public record Variant(HardwareConfiguration configuration, boolean store128, String label) {
    /** The name of the platform's own option. */
    static final String STORE_128 = "store128";

    private static final String USUAL = "default";

    /** The variant with {@code chosen} values, which may name {@link #STORE_128}, on top of the defaults. */
    static Variant of(List<HardwareOption> options, Map<String, String> chosen) {
        Map<String, String> hardware = chosen.entrySet().stream()
                .filter(entry -> !entry.getKey().equals(STORE_128))
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
        Map<String, String> usual = HardwareConfiguration.of(options, Map.of()).asMap();
        String label = chosen.entrySet().stream()
                .filter(entry -> !entry.getValue().equals(usual.getOrDefault(entry.getKey(), "yes")))
                .sorted(Map.Entry.comparingByKey())
                .map(entry -> entry.getKey() + "=" + entry.getValue())
                .collect(Collectors.joining("+"));
        return new Variant(
                HardwareConfiguration.of(options, hardware),
                !"no".equals(chosen.get(STORE_128)),
                label.isEmpty() ? USUAL : label);
    }

    /** In how many options it differs from the usual. */
    int differences() {
        return label.equals(USUAL) ? 0 : label.split("\\+", -1).length;
    }

    @Override
    public String toString() {
        return label;
    }
}
