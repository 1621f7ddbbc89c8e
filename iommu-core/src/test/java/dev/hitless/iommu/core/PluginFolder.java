package dev.hitless.iommu.core;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.hitless.iommu.api.IommuApi;
import dev.hitless.iommu.api.IommuDriverProvider;
import java.io.IOException;
import java.io.OutputStream;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

/** Makes plugins: compiles providers into a directory and lists them in its services file. */
final class PluginFolder {
    private final Path directory;
    private final List<String> services = new ArrayList<>();

    PluginFolder(Path directory) throws IOException {
        this.directory = Files.createDirectories(directory);
    }

    Path directory() {
        return directory;
    }

    /** Adds a line to the services file. */
    PluginFolder list(String line) {
        services.add(line);
        return this;
    }

    /** Compiles and lists a provider that can be used. */
    PluginFolder good(String className, String id) throws IOException {
        return broken(className, id, "");
    }

    /** Compiles and lists a provider with {@code extra} members; one that starts with "id:" and so on replaces the usual. */
    PluginFolder broken(String className, String id, String extra) throws IOException {
        compile(className, provider(className, id, IommuApi.VERSION, extra));
        return list(className);
    }

    /** Compiles and lists a provider of another contract. */
    PluginFolder ofVersion(String className, String id, String version) throws IOException {
        compile(className, provider(className, id, version, ""));
        return list(className);
    }

    static String provider(String className, String id, String version, String extra) {
        return """
                import dev.hitless.iommu.api.*;
                import dev.hitless.iommu.api.platform.Platform;
                public %s class %s implements IommuDriverProvider {
                    %s
                    public String id() { %s }
                    public String vendor() { return "Acme"; }
                    public String contractVersion() { return "%s"; }
                    public String hardware() { return "Acme IOMMU"; }
                    public String hardwareFamily() { return "acme"; }
                    public IommuDriver create(Platform platform, DriverOptions options) {
                        throw new IommuException(Errno.EOPNOTSUPP, "created by %s");
                    }
                }
                """.formatted(
                        extra.contains("abstract") ? "abstract" : "",
                        className,
                        extra.replace("abstract", ""),
                        id.startsWith("throw") ? id : "return " + (id.equals("null") ? id : "\"" + id + "\"") + ";",
                        version,
                        className);
    }

    PluginFolder compile(String className, String source) throws IOException {
        Path file = directory.resolve(className + ".java");
        Files.writeString(file, source);
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        StringWriter errors = new StringWriter();
        try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, UTF_8)) {
            boolean compiled = compiler.getTask(
                            errors,
                            files,
                            null,
                            List.of("-proc:none", "-nowarn", "-d", directory.toString(), "-cp", classPath()),
                            null,
                            files.getJavaFileObjects(file))
                    .call();
            if (!compiled) {
                throw new AssertionError(errors);
            }
        }
        Files.delete(file);
        return this;
    }

    private String classPath() {
        return directory + System.getProperty("path.separator") + CodeLocation.of(IommuDriverProvider.class);
    }

    /** Takes a compiled class away again. */
    PluginFolder delete(String className) throws IOException {
        Files.delete(directory.resolve(className + ".class"));
        return this;
    }

    /** Marks a compiled class as made for a Java that does not exist yet. */
    PluginFolder fromTheFuture(String className) throws IOException {
        Path file = directory.resolve(className + ".class");
        byte[] bytes = Files.readAllBytes(file);
        bytes[6] = 0x7f; // the high byte of major_version
        Files.write(file, bytes);
        return this;
    }

    /** Writes the services file. */
    Path build() throws IOException {
        Path file = directory.resolve(ServicesFiles.PATH);
        Files.createDirectories(file.getParent());
        Files.write(file, services);
        return directory;
    }

    /** Writes the services file and packs everything. */
    Path buildJar() throws IOException {
        build();
        Path jar = directory.resolveSibling(directory.getFileName() + ".jar");
        try (OutputStream out = Files.newOutputStream(jar);
                JarOutputStream entries = new JarOutputStream(out);
                Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                entries.putNextEntry(new ZipEntry(directory.relativize(file).toString()));
                Files.copy(file, entries);
            }
        }
        return jar;
    }
}
