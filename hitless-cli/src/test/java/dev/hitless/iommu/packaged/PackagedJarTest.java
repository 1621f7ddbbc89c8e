package dev.hitless.iommu.packaged;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hitless.iommu.api.IommuDriverProvider;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Asks the jar that the launcher starts. */
@DisplayName("The packaged jar")
class PackagedJarTest {
    private static final Path PATH = Path.of(System.getProperty("hitless.jar"));

    private JarFile jar;

    @BeforeEach
    void open() throws IOException {
        jar = new JarFile(PATH.toFile());
    }

    @AfterEach
    void close() throws IOException {
        jar.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"api.IommuDriverProvider", "hardware.HardwareModelProvider"})
    @DisplayName("registers every provider that the modules register")
    void services(String service) throws IOException {
        String list = "META-INF/services/dev.hitless.iommu." + service;
        Set<String> expected = new TreeSet<>();
        for (var url : Collections.list(getClass().getClassLoader().getResources(list))) {
            expected.addAll(names(url.openStream()));
        }
        JarEntry packaged = jar.getJarEntry(list);
        assertThat(packaged == null ? Set.of() : names(jar.getInputStream(packaged)))
                .isEqualTo(expected);
    }

    @Test
    @DisplayName("has no signatures and no module descriptors of what went into it")
    void leftovers() {
        assertThat(jar.stream().map(JarEntry::getName))
                .noneMatch(name -> name.matches("META-INF/[^/]+\\.(SF|DSA|RSA|EC)"))
                .noneMatch(name -> name.endsWith("module-info.class"));
    }

    @Test
    @DisplayName("starts by itself and finds the drivers inside it")
    void starts(@TempDir Path temp) throws IOException, InterruptedException {
        Path output = temp.resolve("output");
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-jar",
                        PATH.toString(),
                        "drivers")
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
        assertThat(process.exitValue()).as(Files.readString(output)).isZero();
        assertThat(Files.readString(output))
                .contains(ServiceLoader.load(IommuDriverProvider.class).stream()
                        .map(driver -> driver.get().id())
                        .toList());
    }

    private static Set<String> names(InputStream list) throws IOException {
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(list, StandardCharsets.UTF_8))) {
            return lines.lines()
                    .map(line -> line.replaceFirst("#.*", "").strip())
                    .filter(line -> !line.isEmpty())
                    .collect(Collectors.toCollection(TreeSet::new));
        }
    }
}
