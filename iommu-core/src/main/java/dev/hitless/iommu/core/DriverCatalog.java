package dev.hitless.iommu.core;

import dev.hitless.iommu.api.Errno;
import dev.hitless.iommu.api.IommuDriverProvider;
import dev.hitless.iommu.api.IommuException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * The drivers that were found, by {@link java.util.ServiceLoader}, and those that could not be loaded. One broken driver
 * never hides another; the order is that of the ids, never that of the class path; and of two drivers with one id
 * neither is taken.
 */
public final class DriverCatalog {
    private final ClassLoader classLoader;
    private final List<FoundDriver> drivers;
    private final List<DriverLoadFailure> failures;

    DriverCatalog(ClassLoader classLoader, List<FoundDriver> drivers, List<DriverLoadFailure> failures) {
        this.classLoader = classLoader;
        this.drivers =
                drivers.stream().sorted(Comparator.comparing(FoundDriver::id)).toList();
        this.failures = List.copyOf(failures);
    }

    /** Drivers on the class path or module path of this program. */
    public static DriverCatalog discover() {
        return discover(DriverCatalog.class.getClassLoader(), List.of());
    }

    /**
     * Drivers that {@code classLoader} can see, and those in {@code plugins}.
     *
     * @param classLoader never the thread's context loader by accident: say which one
     * @param plugins jars or directories with further drivers; one loader for all of them, with {@code classLoader} as its
     *     parent. One that cannot be read, or that has no driver in it, becomes a failure in the catalogue
     */
    public static DriverCatalog discover(ClassLoader classLoader, List<Path> plugins) {
        return new DriverDiscovery(classLoader, plugins).run();
    }

    /** Drivers that the caller has already: for tests, and for programs without class path scanning. */
    public static DriverCatalog of(List<? extends IommuDriverProvider> providers) {
        DriverVetting vetting = new DriverVetting();
        providers.forEach(vetting::add);
        return vetting.finish(DriverCatalog.class.getClassLoader());
    }

    static DriverCatalog empty() {
        return new DriverCatalog(DriverCatalog.class.getClassLoader(), List.of(), List.of());
    }

    /** The drivers, by id. */
    public List<FoundDriver> drivers() {
        return drivers;
    }

    /** What is there but cannot be used, in the order of discovery. */
    public List<DriverLoadFailure> failures() {
        return failures;
    }

    /** The loader that sees all drivers, those in plugins too; for whatever else a plugin brings. */
    public ClassLoader classLoader() {
        return classLoader;
    }

    /** The driver called {@code id}, if it can be used. */
    public Optional<FoundDriver> find(String id) {
        return drivers.stream().filter(driver -> driver.id().equals(id)).findFirst();
    }

    /**
     * The driver called {@code id}.
     *
     * @throws IommuException ENODEV when there is one but it cannot be used; the message and the cause say why. ENOENT
     *     when there is none; the message names all that there are
     */
    public FoundDriver require(String id) {
        return find(id).orElseThrow(() -> failures.stream()
                .filter(failure -> id.equals(failure.id()))
                .findFirst()
                .map(failure -> new IommuException(
                        Errno.ENODEV,
                        "driver " + id + " cannot be used. "
                                + failures.stream()
                                        .filter(other -> id.equals(other.id()))
                                        .map(DriverLoadFailure::message)
                                        .collect(Collectors.joining(". ")),
                        failure.cause()))
                .orElseGet(() -> unknown(id)));
    }

    private IommuException unknown(String id) {
        List<String> message = new ArrayList<>();
        message.add("no driver is called " + id);
        if (drivers.isEmpty()) {
            message.add("found 0 drivers: put a driver jar on the class path or name it as a plugin, and if jars were"
                    + " merged into one, check that their META-INF/services files were merged too");
        } else {
            message.add("there are " + drivers.stream().map(FoundDriver::id).collect(Collectors.joining(", ")));
        }
        List<DriverLoadFailure> nameless =
                failures.stream().filter(failure -> failure.id() == null).toList();
        nameless.forEach(failure -> message.add("could not be loaded: " + failure.message()));
        Throwable cause = nameless.isEmpty() ? null : nameless.get(0).cause();
        return new IommuException(Errno.ENOENT, String.join(". ", message), cause);
    }
}
