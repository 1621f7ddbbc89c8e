package dev.hitless.iommu.core;

import dev.hitless.iommu.api.IommuDriverProvider;
import dev.hitless.iommu.core.DriverLoadFailure.Stage;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import org.jspecify.annotations.Nullable;

/**
 * Walks a {@link ServiceLoader} so that no provider can spoil it for others. Errors surface in two places: a class that
 * is missing, is no provider or was compiled for a newer Java at <em>advance</em>, as {@link ServiceConfigurationError}
 * or bare {@link LinkageError}; a constructor or static initialiser that throws at <em>get</em>. Both go on with the
 * next.
 */
final class DriverDiscovery {
    /** A loader that fails in the same way for ever must not hang the program. */
    private static final int MOST_FAILURES_IN_A_ROW = 100;

    private final PluginJars plugins;
    private final ClassLoader loader;
    private final DriverVetting vetting = new DriverVetting();

    DriverDiscovery(ClassLoader parent, List<Path> plugins) {
        this.plugins = PluginJars.open(plugins);
        this.loader = this.plugins.urls().length == 0 ? parent : new URLClassLoader(this.plugins.urls(), parent);
    }

    DriverCatalog run() {
        plugins.failures().forEach(vetting::add);
        ServicesFiles files = new ServicesFiles(loader);
        Iterator<ServiceLoader.Provider<IommuDriverProvider>> providers =
                ServiceLoader.load(IommuDriverProvider.class, loader).stream().iterator();
        int failuresInARow = 0;
        while (failuresInARow < MOST_FAILURES_IN_A_ROW) {
            ServiceLoader.Provider<IommuDriverProvider> provider;
            try {
                if (!providers.hasNext()) {
                    break;
                }
                provider = providers.next();
                failuresInARow = 0;
            } catch (ServiceConfigurationError | LinkageError failure) {
                failuresInARow++;
                vetting.add(cannotLoad(failure, files));
                continue;
            }
            make(provider, files);
        }
        return vetting.finish(loader);
    }

    private void make(ServiceLoader.Provider<IommuDriverProvider> provider, ServicesFiles files) {
        String className = provider.type().getName();
        String listedIn = files.account(className);
        try {
            vetting.add(provider.get());
        } catch (ServiceConfigurationError | LinkageError failure) {
            Throwable cause = failure.getCause() == null ? failure : failure.getCause();
            vetting.add(new DriverLoadFailure(
                    listedIn == null ? CodeLocation.of(provider.type()) : listedIn,
                    className,
                    null,
                    Stage.CREATE,
                    cause,
                    cause instanceof InstantiationException
                            ? "its class is abstract"
                            : "its constructor or static initialiser failed: " + cause,
                    "name a concrete class whose constructor does nothing; work belongs in create()"));
        }
    }

    private static DriverLoadFailure cannotLoad(Throwable failure, ServicesFiles files) {
        String message = String.valueOf(failure.getMessage());
        String className = files.mentioned(message);
        String location;
        if (className != null) {
            location = files.account(className);
        } else if (failure instanceof LinkageError) {
            className = files.firstMissing();
            location = className == null ? null : files.account(className);
        } else {
            location = addressIn(message);
        }
        return new DriverLoadFailure(
                location == null ? CodeLocation.UNKNOWN : location,
                className,
                null,
                Stage.LOAD,
                failure,
                "it cannot be loaded: " + message,
                hint(failure, className));
    }

    /** The services file itself is at fault; the message says {@code <class>: <address>:<line>: <what is wrong>}. */
    private static @Nullable String addressIn(String message) {
        int start = message.indexOf("file:");
        int end = message.indexOf(": ", Math.max(start, 0));
        return start < 0 || end < 0 ? null : CodeLocation.readable(message.substring(start, end));
    }

    private static String hint(Throwable failure, @Nullable String className) {
        if (failure instanceof UnsupportedClassVersionError) {
            return "run a newer Java, or compile the driver for Java "
                    + Runtime.version().feature() + " or older";
        }
        if (failure instanceof LinkageError) {
            return "add the jar that has the missing class";
        }
        if (className == null) {
            return "correct the services file; all of its lines are lost until then";
        }
        return "name a public class with a public constructor without parameters that implements "
                + IommuDriverProvider.class.getSimpleName();
    }
}
