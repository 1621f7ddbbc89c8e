package dev.hitless.iommu.core;

import dev.hitless.iommu.core.DriverLoadFailure.Stage;
import java.io.IOException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.jar.JarFile;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Plugin jars that a user named, looked into before they reach a class loader: that would pass over one that it cannot
 * read, in silence.
 */
final class PluginJars {
    /** A plugin may bring a driver, a hardware model, or both. */
    private static final String OURS = "dev.hitless.iommu.";

    private final List<URL> readable = new ArrayList<>();
    private final List<DriverLoadFailure> failures = new ArrayList<>();

    private PluginJars() {}

    static PluginJars open(List<Path> paths) {
        PluginJars jars = new PluginJars();
        paths.forEach(jars::add);
        return jars;
    }

    URL[] urls() {
        return readable.toArray(URL[]::new);
    }

    List<DriverLoadFailure> failures() {
        return failures;
    }

    private void add(Path path) {
        boolean isPlugin;
        try {
            isPlugin = Files.isDirectory(path) ? hasServices(path) : jarHasServices(path);
            readable.add(path.toUri().toURL());
        } catch (IOException unreadable) {
            fail(
                    path,
                    unreadable,
                    "it cannot be opened: " + unreadable,
                    "name a plugin's jar, or a directory of classes");
            return;
        }
        if (!isPlugin) {
            fail(
                    path,
                    null,
                    "it names no driver and no hardware model",
                    "add META-INF/services files such as " + ServicesFiles.PATH
                            + " to it; where jars were merged into one, merge those too");
        }
    }

    private static boolean hasServices(Path directory) throws IOException {
        Path services = directory.resolve("META-INF/services");
        if (!Files.isDirectory(services)) {
            return false;
        }
        try (Stream<Path> files = Files.list(services)) {
            return files.anyMatch(file -> String.valueOf(file.getFileName()).startsWith(OURS));
        }
    }

    private static boolean jarHasServices(Path jar) throws IOException {
        try (JarFile file = new JarFile(jar.toFile())) {
            return file.stream().anyMatch(entry -> entry.getName().startsWith("META-INF/services/" + OURS));
        }
    }

    private void fail(Path path, @Nullable Throwable cause, String reason, String hint) {
        failures.add(new DriverLoadFailure(path.toString(), null, null, Stage.OPEN, cause, reason, hint));
    }
}
