package dev.hitless.iommu.conformance.machine;

import dev.hitless.iommu.hardware.HardwareModelProvider;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.TreeMap;

/**
 * The hardware models that were found, by {@link ServiceLoader}. A broken one never hides another; of two models of one
 * family the first that the class loader names is taken, so a plugin cannot displace a model that comes with Hitless.
 */
public final class HardwareModels {
    /** A loader that fails in the same way for ever must not hang the program. */
    private static final int MOST_FAILURES = 100;

    private final Map<String, HardwareModelProvider> byFamily = new TreeMap<>();
    private final List<String> failures = new ArrayList<>();

    private HardwareModels() {}

    /** The models that {@code classLoader} can see. */
    public static HardwareModels discover(ClassLoader classLoader) {
        HardwareModels models = new HardwareModels();
        Iterator<HardwareModelProvider> providers =
                ServiceLoader.load(HardwareModelProvider.class, classLoader).iterator();
        while (models.failures.size() < MOST_FAILURES) {
            try {
                if (!providers.hasNext()) {
                    break;
                }
                HardwareModelProvider model = providers.next();
                models.byFamily.putIfAbsent(model.family(), model);
            } catch (ServiceConfigurationError | LinkageError failure) {
                models.failures.add(String.valueOf(failure.getMessage()));
            }
        }
        return models;
    }

    /** The model of {@code family}, if there is one. */
    public Optional<HardwareModelProvider> find(String family) {
        return Optional.ofNullable(byFamily.get(family));
    }

    /**
     * The model of {@code family}.
     *
     * @throws IllegalStateException if there is none
     */
    public HardwareModelProvider require(String family) {
        return find(family)
                .orElseThrow(() -> new IllegalStateException("no hardware model of family " + family
                        + " on the class path; add one as a test dependency, or override hardware()"));
    }

    /** Families that there are models of, in order of their names. */
    public List<String> families() {
        return List.copyOf(byFamily.keySet());
    }

    /** Why models that are there could not be loaded; one line each. */
    public List<String> failures() {
        return List.copyOf(failures);
    }
}
