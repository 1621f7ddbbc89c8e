package dev.hitless.iommu.cli;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import javax.tools.ToolProvider;

/** Makes plugin jars. */
final class PluginJar {
    private static final String DRIVERS = "META-INF/services/dev.hitless.iommu.api.IommuDriverProvider";
    private static final String MODELS = "META-INF/services/dev.hitless.iommu.hardware.HardwareModelProvider";

    private PluginJar() {}

    /** A jar that names the drivers and the model of {@code dev.hitless.iommu.cli.acme}, which are test classes. */
    static Path acme(Path folder) throws IOException {
        Path classes = folder.resolve("acme");
        write(
                classes.resolve(DRIVERS),
                "dev.hitless.iommu.cli.acme.AcmeDriverProvider\ndev.hitless.iommu.cli.acme.AcmeTornDriverProvider\n");
        write(classes.resolve(MODELS), "dev.hitless.iommu.cli.acme.AcmeModelProvider\n");
        return jar(classes);
    }

    /** A jar with one driver in it, compiled here and now from {@code source}. */
    static Path compiled(Path folder, String className, String source) throws IOException {
        Path classes = Files.createDirectories(folder.resolve(className.toLowerCase(java.util.Locale.ROOT)));
        Path file = folder.resolve(className + ".java");
        Files.writeString(file, source);
        int errors = ToolProvider.getSystemJavaCompiler()
                .run(
                        null,
                        null,
                        null,
                        "-proc:none",
                        "-d",
                        classes.toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        file.toString());
        if (errors != 0) {
            throw new AssertionError("the plugin does not compile");
        }
        write(classes.resolve(DRIVERS), className + "\n");
        return jar(classes);
    }

    private static void write(Path file, String text) throws IOException {
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }

    private static Path jar(Path classes) throws IOException {
        Path jar = classes.resolveSibling(classes.getFileName() + ".jar");
        List<Path> files;
        try (Stream<Path> walk = Files.walk(classes)) {
            files = walk.filter(Files::isRegularFile).toList();
        }
        try (OutputStream out = Files.newOutputStream(jar);
                JarOutputStream entries = new JarOutputStream(out)) {
            for (Path file : files) {
                entries.putNextEntry(new ZipEntry(classes.relativize(file).toString()));
                Files.copy(file, entries);
            }
        }
        return jar;
    }
}
