package dev.hitless.iommu.qemu.qtest;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayName("A release of QEMU")
class QemuVersionTest {
    @ParameterizedTest
    @CsvSource({
        "QEMU emulator version 7.2.22 (Debian 1:7.2+dfsg-7+deb12u18+b3), 7.2.22",
        "QEMU emulator version 10.0.2, 10.0.2",
        "QEMU emulator version 9.1, 9.1.0",
    })
    @DisplayName("is read off the first line that it says")
    void parsed(String banner, String version) {
        assertThat(QemuVersion.parse(banner)).hasToString("Optional[" + version + "]");
    }

    @Test
    @DisplayName("is not read off anything else")
    void nothing() {
        assertThat(QemuVersion.parse("command not found")).isEmpty();
    }

    @Test
    @DisplayName("is compared number by number")
    void order() {
        assertThat(new QemuVersion(10, 0, 2)).isGreaterThan(new QemuVersion(7, 2, 22));
        assertThat(new QemuVersion(7, 1, 99)).isLessThan(QemuVersion.OLDEST);
        assertThat(new QemuVersion(7, 2, 0)).isEqualByComparingTo(QemuVersion.OLDEST);
    }
}
