package dev.hitless.iommu.api;

import java.util.Collection;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeSet;

/**
 * Options for a driver instance, by name. What a driver does not know it refuses: {@link #requireKnown}.
 *
 * @param values option values by name
 */
public record DriverOptions(Map<String, String> values) {
    /** No options: the driver's defaults. */
    public static final DriverOptions DEFAULTS = new DriverOptions(Map.of());

    public DriverOptions {
        values = Map.copyOf(Objects.requireNonNull(values, "values"));
    }

    /** Value of {@code name}, if given. */
    public Optional<String> get(String name) {
        return Optional.ofNullable(values.get(name));
    }

    /**
     * Value of {@code name} as a whole number.
     *
     * @throws IommuException EINVAL if it is none or not in {@code lowest..highest}
     */
    public int number(String name, int fallback, int lowest, int highest) {
        String text = values.get(name);
        if (text == null) {
            return fallback;
        }
        try {
            int value = Integer.decode(text);
            if (value >= lowest && value <= highest) {
                return value;
            }
        } catch (NumberFormatException notANumber) {
            // Same answer as for a number out of range.
        }
        throw new IommuException(
                Errno.EINVAL, "option " + name + "=" + text + " is not a number in " + lowest + ".." + highest);
    }

    /** @throws IommuException EINVAL if there is an option that is not in {@code known} */
    public void requireKnown(Collection<String> known) {
        for (String name : values.keySet()) {
            if (!known.contains(name)) {
                throw new IommuException(
                        Errno.EINVAL,
                        "unknown driver option " + name + "; this driver knows "
                                + (known.isEmpty() ? "none" : String.join(", ", new TreeSet<>(known))));
            }
        }
    }
}
