package dev.hitless.iommu.hardware;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A value for every option of a family. Immutable; made by {@link #of}. */
public final class HardwareConfiguration {
    private final Map<String, String> values;

    private HardwareConfiguration(Map<String, String> values) {
        this.values = values;
    }

    /**
     * The defaults of {@code options}, with {@code chosen} on top.
     *
     * @throws IllegalArgumentException if {@code chosen} names an option or a value that does not exist
     */
    public static HardwareConfiguration of(List<HardwareOption> options, Map<String, String> chosen) {
        Map<String, String> values = new LinkedHashMap<>();
        for (HardwareOption option : options) {
            String value = chosen.getOrDefault(option.name(), option.defaultValue());
            if (!option.values().contains(value)) {
                throw new IllegalArgumentException("hardware option " + option.name() + "=" + value
                        + " does not exist; values are " + String.join(", ", option.values()));
            }
            values.put(option.name(), value);
        }
        for (String name : chosen.keySet()) {
            if (!values.containsKey(name)) {
                throw new IllegalArgumentException("hardware option " + name + " does not exist; options are "
                        + String.join(", ", values.keySet()));
            }
        }
        return new HardwareConfiguration(values);
    }

    /** Value of option {@code name}. */
    public String value(String name) {
        String value = values.get(name);
        if (value == null) {
            throw new IllegalArgumentException("no hardware option " + name + " among " + values.keySet());
        }
        return value;
    }

    /** Whether option {@code name} is {@code yes}. */
    public boolean flag(String name) {
        return value(name).equals("yes");
    }

    /** Value of option {@code name} as a decimal number. */
    public int number(String name) {
        return Integer.parseInt(value(name));
    }

    /** All values by option, in the options' order. A copy. */
    public Map<String, String> asMap() {
        return new LinkedHashMap<>(values);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof HardwareConfiguration that && values.equals(that.values);
    }

    @Override
    public int hashCode() {
        return values.hashCode();
    }

    @Override
    public String toString() {
        return values.toString();
    }
}
