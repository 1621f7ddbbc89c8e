package dev.hitless.iommu.qemu.qtest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("An answer of QEMU")
class QtestReplyTest {
    @ParameterizedTest
    @CsvSource({
        "OK 0x2a, 42",
        "OK 0x000000000000002A, 42",
        "OK 0xffffffffffffffff, -1",
        "OK 0x8000000000000000, -9223372036854775808",
        "OK 17, 17",
    })
    @DisplayName("has a value of up to 64 bits")
    void value(String line, long expected) {
        assertThat(new QtestReply(line).value()).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(strings = {"OK", "OK little", "OK 0x", "OK 0x10000000000000000", "FAIL", "nonsense"})
    @DisplayName("without a value says what it was instead")
    void noValue(String line) {
        assertThatThrownBy(() -> new QtestReply(line).value())
                .isInstanceOf(QtestException.class)
                .hasMessageContaining(line);
    }

    @Test
    @DisplayName("has bytes in the order of their addresses, and words are little endian")
    void words() {
        assertThat(new QtestReply("OK 0x0100000000000000ffeeddccbbaa9988").words(2))
                .containsExactly(1, 0x8899_AABB_CCDD_EEFFL);
    }

    @ParameterizedTest
    @ValueSource(strings = {"OK 0x01", "OK 0x0100000000000000ff", "OK", "OK 010000000000000000"})
    @DisplayName("with another number of bytes than were asked for is refused")
    void wordsMissing(String line) {
        assertThatThrownBy(() -> new QtestReply(line).words(1))
                .isInstanceOf(QtestException.class)
                .hasMessageContaining("8 bytes");
    }

    @Test
    @DisplayName("is told from a refusal and from an interrupt notice")
    void kinds() {
        assertThat(new QtestReply("OK").isDone()).isTrue();
        assertThat(new QtestReply("OKAY").isDone()).isFalse();
        assertThat(new QtestReply("FAIL Unknown command 'clock_step'").isDone()).isFalse();
        assertThat(new QtestReply("FAIL Unknown command 'clock_step'").isAnswer())
                .isTrue();
        assertThat(new QtestReply("IRQ raise 5").isAnswer()).isFalse();
    }
}
