package dev.hitless.iommu.qemu.qtest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hitless.iommu.qemu.QemuInstalled;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@DisplayName("A QEMU process")
@ExtendWith(QemuInstalled.class)
class QemuProcessTest {
    private static final long SECONDS = 60;

    /** Starts QEMU, says so, and waits for its end. */
    static final class Holder {
        private Holder() {}

        public static void main(String[] arguments) throws Exception {
            try (QemuProcess process = start(List.of("-machine", "q35"))) {
                System.out.println(process.qtest().read32(0xFFFF_FFF0L));
                System.in.read();
            }
        }
    }

    static QemuProcess start(List<String> machine) {
        List<String> arguments = new java.util.ArrayList<>(machine);
        arguments.addAll(List.of("-display", "none", "-nodefaults", "-m", "64", "-bios", "%FIRMWARE%"));
        return QemuProcess.start(QemuProgram.X86, new byte[1 << 16], arguments);
    }

    @Test
    @DisplayName("answers, and is gone when it is closed")
    void closes() {
        List<ProcessHandle> before = ProcessHandle.current().descendants().toList();
        List<ProcessHandle> started;
        try (QemuProcess process = start(List.of("-machine", "q35"))) {
            process.qtest().write64(0x10_0000, 0x1122_3344_5566_7788L);
            assertThat(process.qtest().read64(0x10_0000)).isEqualTo(0x1122_3344_5566_7788L);
            started = ProcessHandle.current()
                    .descendants()
                    .filter(handle -> !before.contains(handle))
                    .toList();
            assertThat(started).isNotEmpty();
        }
        assertThat(started).noneMatch(ProcessHandle::isAlive);
    }

    @Test
    @DisplayName("does not outlive a JVM that is killed")
    void killed() throws Exception {
        Process jvm = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Holder.class.getName())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try (BufferedReader out =
                new BufferedReader(new InputStreamReader(jvm.getInputStream(), StandardCharsets.UTF_8))) {
            assertThat(out.readLine()).as("the JVM's QEMU answers").isEqualTo("0");
            List<ProcessHandle> started = jvm.toHandle().descendants().toList();
            assertThat(started).as("the shell, its guard and QEMU").hasSizeGreaterThanOrEqualTo(3);

            jvm.toHandle().destroyForcibly();

            for (ProcessHandle process : started) {
                process.onExit().get(SECONDS, TimeUnit.SECONDS);
                assertThat(process.isAlive()).isFalse();
            }
        } finally {
            jvm.destroyForcibly();
        }
    }

    @Test
    @DisplayName("that refuses its arguments says so in one line, with what to install")
    void refuses() {
        assertThatThrownBy(() -> start(List.of("-machine", "no-such-machine")))
                .isInstanceOf(QemuUnavailableException.class)
                .hasMessageContaining("did not start: ")
                .hasMessageContaining("machine")
                .hasMessageContaining("install QEMU 7.2 or newer")
                .message()
                .doesNotContain("\n");
    }

    @Test
    @DisplayName("that breaks off is told from one that answers")
    void breaksOff() {
        try (QemuProcess process = start(List.of("-machine", "q35"))) {
            assertThatThrownBy(() -> process.qtest().readWords(0x10_0000, 0))
                    .isInstanceOf(QtestException.class)
                    .hasMessageNotContaining("\n");
        }
    }
}
