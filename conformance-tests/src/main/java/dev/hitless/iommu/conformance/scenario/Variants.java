package dev.hitless.iommu.conformance.scenario;

import dev.hitless.iommu.hardware.CommandPace;
import dev.hitless.iommu.hardware.HardwareOption;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/**
 * The hardware that scenarios are run on: the default, and a set of variants in which every pair of option values occurs
 * together at least once (a covering array of strength two, made greedily and without chance).
 */
public final class Variants {
    private final List<HardwareOption> options;
    private final List<HardwareOption> dimensions = new ArrayList<>();
    private final Map<String, String> fixed = new LinkedHashMap<>();
    private final Predicate<Variant> possible;

    /**
     * @param options everything that the family can vary
     * @param anyFetchOrder whether to take the stricter reading of the order of fetches
     * @param possible whether hardware like that can exist; configurations that contradict themselves are left out
     */
    public Variants(List<HardwareOption> options, boolean anyFetchOrder, Predicate<Variant> possible) {
        this.options = options;
        this.possible = possible;
        for (HardwareOption option : options) {
            if (option.use() == HardwareOption.Use.VARIANT) {
                dimensions.add(option);
            } else if (option.use() == HardwareOption.Use.FETCH_ORDER && anyFetchOrder) {
                fixed.put(option.name(), "any");
            }
        }
        dimensions.add(HardwareOption.flag(
                Variant.STORE_128, true, HardwareOption.Use.VARIANT, "the CPU can store 128 bits at once"));
    }

    /** The hardware with nothing special about it. */
    public Variant usual() {
        return Variant.of(options, fixed);
    }

    /** The usual hardware, but slow to take commands from its queue; empty if the model is always at once. */
    public Optional<Variant> slow() {
        return options.stream().anyMatch(option -> option.name().equals(CommandPace.OPTION))
                ? Optional.of(with(Map.of(CommandPace.OPTION, CommandPace.AS_POLLED.toString())))
                : Optional.empty();
    }

    /** Hardware that lacks something: each value of each capability option but the default. */
    public List<Variant> lacking() {
        return others(HardwareOption.Use.CAPABILITY);
    }

    /** Hardware that is unusual in a way that it does not tell: each value of each such option but the default. */
    public List<Variant> told() {
        return others(HardwareOption.Use.TOLD);
    }

    private List<Variant> others(HardwareOption.Use use) {
        List<Variant> others = new ArrayList<>();
        for (HardwareOption option : options) {
            if (option.use() == use) {
                for (String value : option.values().subList(1, option.values().size())) {
                    Variant variant = with(Map.of(option.name(), value));
                    if (possible.test(variant)) {
                        others.add(variant);
                    }
                }
            }
        }
        return others;
    }

    /** The default, every variant that differs from it in one option, and a covering array of all pairs. */
    public List<Variant> covering() {
        List<Variant> chosen = new ArrayList<>();
        Set<String> pairs = new HashSet<>();
        add(chosen, pairs, Map.of());
        for (HardwareOption option : dimensions) {
            for (String value : option.values()) {
                add(chosen, pairs, Map.of(option.name(), value));
            }
        }
        for (int first = 0; first < dimensions.size(); first++) {
            for (int second = first + 1; second < dimensions.size(); second++) {
                for (String one : dimensions.get(first).values()) {
                    for (String other : dimensions.get(second).values()) {
                        cover(chosen, pairs, first, one, second, other);
                    }
                }
            }
        }
        return chosen;
    }

    private void cover(List<Variant> chosen, Set<String> pairs, int first, String one, int second, String other) {
        if (pairs.contains(pair(first, one, second, other))) {
            return;
        }
        Map<String, String> values = new LinkedHashMap<>();
        values.put(dimensions.get(first).name(), one);
        values.put(dimensions.get(second).name(), other);
        for (HardwareOption option : dimensions) {
            if (!values.containsKey(option.name())) {
                values.put(option.name(), mostNew(pairs, values, option));
            }
        }
        if (!add(chosen, pairs, values)) {
            add(
                    chosen,
                    pairs,
                    Map.of(
                            dimensions.get(first).name(),
                            one,
                            dimensions.get(second).name(),
                            other));
        }
        pairs.add(pair(first, one, second, other));
    }

    private String mostNew(Set<String> pairs, Map<String, String> values, HardwareOption option) {
        String best = option.defaultValue();
        int most = -1;
        int mine = dimensions.indexOf(option);
        for (String value : option.values()) {
            int fresh = 0;
            for (int i = 0; i < dimensions.size(); i++) {
                String there = values.get(dimensions.get(i).name());
                if (there != null && !pairs.contains(pair(i, there, mine, value))) {
                    fresh++;
                }
            }
            if (fresh > most) {
                most = fresh;
                best = value;
            }
        }
        return best;
    }

    private boolean add(List<Variant> chosen, Set<String> pairs, Map<String, String> values) {
        Variant variant = with(values);
        if (chosen.contains(variant)) {
            return true;
        }
        if (!possible.test(variant)) {
            return false;
        }
        chosen.add(variant);
        for (int first = 0; first < dimensions.size(); first++) {
            for (int second = first + 1; second < dimensions.size(); second++) {
                pairs.add(pair(first, valueOf(variant, first), second, valueOf(variant, second)));
            }
        }
        return true;
    }

    private String valueOf(Variant variant, int dimension) {
        String name = dimensions.get(dimension).name();
        return name.equals(Variant.STORE_128)
                ? variant.store128() ? "yes" : "no"
                : variant.configuration().value(name);
    }

    private Variant with(Map<String, String> values) {
        Map<String, String> all = new LinkedHashMap<>(fixed);
        all.putAll(values);
        return Variant.of(options, all);
    }

    private static String pair(int first, String one, int second, String other) {
        return first < second
                ? first + "=" + one + "&" + second + "=" + other
                : second + "=" + other + "&" + first + "=" + one;
    }
}
