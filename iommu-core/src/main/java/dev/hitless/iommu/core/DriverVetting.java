package dev.hitless.iommu.core;

import dev.hitless.iommu.api.IommuApi;
import dev.hitless.iommu.api.IommuDriverProvider;
import dev.hitless.iommu.core.DriverLoadFailure.Stage;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Asks providers who they are, and takes those that can work with this core. */
final class DriverVetting {
    private static final Pattern ID = Pattern.compile("[a-z0-9]+(-[a-z0-9]+)*");

    private final Map<String, List<FoundDriver>> byId = new LinkedHashMap<>();
    private final List<DriverLoadFailure> failures = new ArrayList<>();

    void add(DriverLoadFailure failure) {
        failures.add(failure);
    }

    /** Takes one provider, or records why not. */
    void add(IommuDriverProvider provider) {
        String className = provider.getClass().getName();
        String location = CodeLocation.of(provider.getClass());
        FoundDriver driver;
        try {
            driver = describe(provider, className, location);
        } catch (RuntimeException | LinkageError | AssertionError thrown) {
            failures.add(new DriverLoadFailure(
                    location,
                    className,
                    null,
                    Stage.DESCRIBE,
                    thrown,
                    "it does not say what it is: " + thrown,
                    "make id(), vendor(), contractVersion(), hardware() and hardwareFamily() return constants"
                            + ", and build it against contract " + IommuApi.VERSION));
            return;
        }
        if (!ID.matcher(driver.id()).matches()) {
            failures.add(new DriverLoadFailure(
                    location,
                    className,
                    driver.id(),
                    Stage.DESCRIBE,
                    null,
                    "\"" + driver.id() + "\" is no id",
                    "use lower case letters, digits and hyphens"));
            return;
        }
        if (!ContractVersion.fits(driver.contractVersion())) {
            failures.add(new DriverLoadFailure(
                    location,
                    className,
                    driver.id(),
                    Stage.VERSION,
                    null,
                    "it was built against contract " + driver.contractVersion() + ", and this core has "
                            + IommuApi.VERSION,
                    "use a driver of the same major version and no later minor one, or a core that matches"));
            return;
        }
        byId.computeIfAbsent(driver.id(), unused -> new ArrayList<>()).add(driver);
    }

    private static FoundDriver describe(IommuDriverProvider provider, String className, String location) {
        return new FoundDriver(
                Objects.requireNonNull(provider.id(), "id"),
                Objects.requireNonNull(provider.vendor(), "vendor"),
                Objects.requireNonNull(provider.contractVersion(), "contractVersion"),
                Objects.requireNonNull(provider.hardware(), "hardware"),
                Objects.requireNonNull(provider.hardwareFamily(), "hardwareFamily"),
                className,
                location,
                provider);
    }

    /** The catalogue of what was taken. Drivers that share an id are all refused: which came first means nothing. */
    DriverCatalog finish(ClassLoader classLoader) {
        List<FoundDriver> drivers = new ArrayList<>();
        for (List<FoundDriver> namesakes : byId.values()) {
            if (namesakes.size() == 1) {
                drivers.add(namesakes.get(0));
            } else {
                namesakes.forEach(driver -> failures.add(duplicate(driver, namesakes)));
            }
        }
        return new DriverCatalog(classLoader, drivers, failures);
    }

    private static DriverLoadFailure duplicate(FoundDriver driver, List<FoundDriver> namesakes) {
        String all = namesakes.stream()
                .map(namesake -> namesake.providerClass() + " in " + namesake.location())
                .collect(Collectors.joining(" and "));
        return new DriverLoadFailure(
                driver.location(),
                driver.providerClass(),
                driver.id(),
                Stage.IDENTITY,
                null,
                "several drivers are called " + driver.id() + ": " + all,
                "remove all but one");
    }
}
