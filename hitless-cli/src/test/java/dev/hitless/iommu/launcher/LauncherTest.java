package dev.hitless.iommu.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Runs the launcher in a small checkout, with a {@code java} and a {@code mvn} that only write down how they were called. */
@DisabledOnOs(OS.WINDOWS)
@DisplayName("The launcher")
class LauncherTest {
    private static final Path LAUNCHER = Path.of("").toAbsolutePath().resolveSibling("hitless");
    private static final List<String> TOOLS =
            List.of("cat", "cksum", "find", "head", "mkdir", "mv", "readlink", "rm", "sed", "touch");

    @TempDir
    private Path temp;

    private final Map<String, String> environment = new TreeMap<>();
    private Path checkout;
    private Path bin;
    private Path source;

    private record Run(int status, String out, String err) {}

    @BeforeEach
    void layOut() throws IOException {
        checkout = Files.createDirectories(temp.resolve("check out"));
        bin = Files.createDirectories(temp.resolve("bin"));
        for (String tool : TOOLS) {
            script(bin.resolve(tool), "exec " + find(tool) + " \"$@\"");
        }
        Files.copy(LAUNCHER, checkout.resolve("hitless"));
        Files.createFile(checkout.resolve("pom.xml"));
        Files.createDirectories(checkout.resolve("iommu-api/src/main/java"));
        Files.createFile(checkout.resolve("iommu-api/pom.xml"));
        source = Files.createFile(checkout.resolve("iommu-api/src/main/java/Pasid.java"));
        Files.createDirectories(checkout.resolve("hitless-cli/src/main"));
        age(checkout);

        String makeJar = "mkdir -p hitless-cli/target; echo jar > hitless-cli/target/hitless-cli-1-all.jar";
        script(bin.resolve("mvn"), "echo mvn >> ../calls; " + makeJar);
        script(checkout.resolve("mvnw"), "echo mvnw >> ../calls; " + makeJar);
        jdk("jdk", "17.0.15");
        environment.put("PATH", bin.toString());
        environment.put("JAVA_HOME", temp.resolve("jdk").toString());
        environment.put("HOME", temp.resolve("home").toString());
    }

    @Test
    @DisplayName("builds once, says so on standard error, and passes arguments on as they are")
    void buildsOnce() throws Exception {
        Run first = run(checkout.resolve("hitless"), "test", "a b", "", "*");

        assertThat(first.status()).isZero();
        assertThat(first.err().strip()).isEqualTo("hitless: building hitless (first run) ...");
        assertThat(first.out())
                .contains("-Dguice_bytecode_gen_option=DISABLED\n")
                .endsWith("-jar\n" + jar() + "\ntest\na b\n\n*\n");

        Run second = run(checkout.resolve("hitless"), "rules");
        assertThat(second.err()).isEmpty();
        assertThat(second.out()).endsWith(jar() + "\nrules\n");
        assertThat(calls()).containsExactly("mvn");
    }

    @Test
    @DisplayName("works from any folder and through links")
    void throughLinks() throws Exception {
        Path elsewhere = Files.createDirectories(temp.resolve("else/where"));
        Files.createSymbolicLink(elsewhere.resolve("absolute"), checkout.resolve("hitless"));
        Files.createSymbolicLink(elsewhere.resolve("relative"), Path.of("../where/absolute"));

        assertThat(run(elsewhere.resolve("relative"), "rules").out()).endsWith(jar() + "\nrules\n");
        assertThat(calls()).containsExactly("mvn");
    }

    @Test
    @DisplayName("builds again when a source, a pom or a folder of sources is newer than the jar")
    void staleness() throws Exception {
        run(checkout.resolve("hitless"));
        age(checkout);
        assertThat(run(checkout.resolve("hitless")).err()).isEmpty();

        for (Path changed : List.of(source, checkout.resolve("iommu-api/pom.xml"), source.getParent())) {
            Files.setLastModifiedTime(changed, FileTime.from(Instant.now()));
            assertThat(run(checkout.resolve("hitless")).err()).contains("(sources changed)");
            age(checkout);
            assertThat(run(checkout.resolve("hitless")).err()).isEmpty();
        }
        assertThat(calls()).hasSize(4);
    }

    @Test
    @DisplayName("does not build again when the build leaves the jar as it was")
    void jarLeftAlone() throws Exception {
        run(checkout.resolve("hitless"));
        age(checkout);
        script(bin.resolve("mvn"), "echo mvn >> ../calls");
        Files.setLastModifiedTime(jar(), FileTime.from(Instant.now().minusSeconds(20)));
        Files.setLastModifiedTime(source, FileTime.from(Instant.now().minusSeconds(10)));

        assertThat(run(checkout.resolve("hitless")).err()).contains("(sources changed)");
        assertThat(run(checkout.resolve("hitless")).err()).isEmpty();
    }

    @Test
    @DisplayName("shows what Maven said when the build fails, and ends with 3")
    void buildFails() throws Exception {
        script(bin.resolve("mvn"), "echo '[ERROR] no semicolon'; exit 1");

        Run run = run(checkout.resolve("hitless"), "test");

        assertThat(run.status()).isEqualTo(3);
        assertThat(run.out()).isEmpty();
        assertThat(run.err()).contains("[ERROR] no semicolon").contains("hitless: the build failed");
    }

    @Test
    @DisplayName("uses the Maven wrapper where there is no Maven")
    void wrapper() throws Exception {
        Files.delete(bin.resolve("mvn"));

        assertThat(run(checkout.resolve("hitless"), "test").status()).isZero();
        assertThat(calls()).containsExactly("mvnw");
    }

    @Test
    @DisplayName("finds java in the PATH when JAVA_HOME is not set")
    void javaInPath() throws Exception {
        environment.remove("JAVA_HOME");
        Files.createSymbolicLink(bin.resolve("java"), temp.resolve("jdk/bin/java"));

        Run run = run(checkout.resolve("hitless"), "drivers");

        assertThat(run.status()).isZero();
        assertThat(run.out()).contains("-XX:SharedArchiveFile=").endsWith("drivers\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"11.0.2", "1.8.0_402"})
    @DisplayName("says in one line which Java it needs and which it found")
    void oldJava(String version) throws Exception {
        jdk("jdk", version);

        Run run = run(checkout.resolve("hitless"), "test");

        assertThat(run.status()).isEqualTo(3);
        assertThat(run.err().lines()).singleElement().asString().contains("needs Java 17 or newer", version);
        assertThat(calls()).isEmpty();
    }

    @Test
    @DisplayName("says in one line that there is no Java")
    void noJava() throws Exception {
        environment.remove("JAVA_HOME");
        assertThat(run(checkout.resolve("hitless")).err().lines())
                .singleElement()
                .asString()
                .contains("no java in PATH");

        environment.put("JAVA_HOME", "/nowhere");
        assertThat(run(checkout.resolve("hitless")).err().lines())
                .singleElement()
                .asString()
                .contains("JAVA_HOME is /nowhere");
    }

    @Test
    @DisplayName("keeps one archive of classes per JDK and jar, and none where it cannot write")
    void archive() throws Exception {
        Path cache = temp.resolve("cache/hitless");
        environment.put("XDG_CACHE_HOME", cache.getParent().toString());

        assertThat(run(checkout.resolve("hitless"), "test").out()).contains("-XX:SharedArchiveFile=" + cache);
        List<Path> kept = list(cache);
        assertThat(kept).hasSize(1);

        Files.writeString(jar(), "another jar");
        assertThat(run(checkout.resolve("hitless"), "test").out()).contains("-XX:SharedArchiveFile=" + cache);
        assertThat(list(cache)).hasSize(1).doesNotContainAnyElementsOf(kept);

        jdk("jdk", "25.0.3");
        run(checkout.resolve("hitless"), "test");
        assertThat(list(cache)).hasSize(2);

        environment.put("XDG_CACHE_HOME", "/dev/null");
        Run without = run(checkout.resolve("hitless"), "test");
        assertThat(without.status()).isZero();
        assertThat(without.err()).isEmpty();
        assertThat(without.out()).doesNotContain("SharedArchiveFile");
    }

    @Test
    @DisplayName("passes options for the JVM on, and then leaves its own tuning out")
    void moreOptions() throws Exception {
        assertThat(run(checkout.resolve("hitless"), "drivers").out()).contains("-XX:+UseSerialGC");
        assertThat(run(checkout.resolve("hitless"), "test").out()).doesNotContain("-XX:+UseSerialGC");

        environment.put("HITLESS_JAVA_OPTS", "-Xmx4g -XX:+UseZGC");
        assertThat(run(checkout.resolve("hitless"), "drivers").out())
                .contains("-Xmx4g\n-XX:+UseZGC\n")
                .doesNotContain("-XX:+UseSerialGC");
    }

    private Run run(Path launcher, String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(launcher.toString()));
        command.addAll(List.of(arguments));
        Path out = temp.resolve("out");
        Path err = temp.resolve("err");
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(temp.toFile())
                .redirectOutput(out.toFile())
                .redirectError(err.toFile());
        builder.environment().clear();
        builder.environment().putAll(environment);
        Process process = builder.start();
        assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
        return new Run(process.exitValue(), Files.readString(out), Files.readString(err));
    }

    private Path jar() throws IOException {
        return checkout.toRealPath().resolve("hitless-cli/target/hitless-cli-1-all.jar");
    }

    private List<String> calls() throws IOException {
        Path calls = temp.resolve("calls");
        return Files.exists(calls) ? Files.readAllLines(calls) : List.of();
    }

    /** A JDK whose java prints its arguments, one a line, and makes the archive it is asked for. */
    private void jdk(String name, String version) throws IOException {
        Path home = temp.resolve(name);
        Files.createDirectories(home.resolve("bin"));
        Files.writeString(home.resolve("release"), "IMPLEMENTOR=\"Test\"\nJAVA_VERSION=\"" + version + "\"\n");
        script(
                home.resolve("bin/java"),
                "for argument; do",
                "    case $argument in -XX:ArchiveClassesAtExit=*) echo classes >\"${argument#*=}\" ;; esac",
                "    printf '%s\\n' \"$argument\"",
                "done");
    }

    private static void script(Path file, String... lines) throws IOException {
        Files.writeString(file, "#!/bin/sh\n" + String.join("\n", lines) + "\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    /** Makes everything older than what the next build makes. */
    private static void age(Path folder) throws IOException {
        FileTime before = FileTime.from(Instant.now().minusSeconds(60));
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : (Iterable<Path>) files::iterator) {
                if (!file.toString().endsWith(".jar")) {
                    Files.setLastModifiedTime(file, before);
                }
            }
        }
    }

    private static List<Path> list(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.toList();
        }
    }

    private static Path find(String tool) {
        return Stream.of(System.getenv("PATH").split(":"))
                .map(folder -> Path.of(folder, tool))
                .filter(Files::isExecutable)
                .findFirst()
                .orElseThrow();
    }
}
