package dev.hitless.iommu.hardware;

import java.util.List;
import java.util.Objects;

/**
 * One thing that differs between implementations of the same architecture.
 *
 * @param name lower case with hyphens, for example {@code coherent}
 * @param values all values; the first is the default
 * @param use what the suite does with it
 * @param meaning one sentence for people, with the register field
 */
public record HardwareOption(String name, List<String> values, Use use, String meaning) {
    /** What the suite does with an option. */
    public enum Use {
        /** Every driver must conform with every value: scenarios are generated for all of them. */
        VARIANT,
        /** A value other than the default takes something away: the driver must refuse it cleanly (rule DRV-20). */
        CAPABILITY,
        /**
         * A stricter reading of the specification, chosen by {@code --fetch-order any}. What a driver loses only here is
         * advice, not failure. Values: {@code default}, {@code any}.
         */
        FETCH_ORDER,
        /** {@link CommandPace}: chosen for scenarios in which queues fill up. */
        PACE,
        /**
         * Nothing that a driver could read: whoever brings it up has to know, and tells it, by the driver option of the same
         * name and value. Every driver that knows the option must conform with every value: what depends on it is run with
         * each.
         */
        TOLD
    }

    public HardwareOption {
        Objects.requireNonNull(name, "name");
        values = List.copyOf(Objects.requireNonNull(values, "values"));
        Objects.requireNonNull(use, "use");
        Objects.requireNonNull(meaning, "meaning");
        if (values.isEmpty()) {
            throw new IllegalArgumentException("hardware option " + name + " has no values");
        }
    }

    /** An option with values {@code yes} and {@code no}. */
    public static HardwareOption flag(String name, boolean fallback, Use use, String meaning) {
        return new HardwareOption(name, fallback ? List.of("yes", "no") : List.of("no", "yes"), use, meaning);
    }

    /** The value when nothing is said. */
    public String defaultValue() {
        return values.get(0);
    }
}
