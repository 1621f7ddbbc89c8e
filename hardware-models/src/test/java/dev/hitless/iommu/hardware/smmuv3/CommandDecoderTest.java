package dev.hitless.iommu.hardware.smmuv3;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hitless.iommu.hardware.HardwareConfiguration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CommandDecoderTest {
    private static CommandDecoder decoder(String... options) {
        Map<String, String> chosen = new HashMap<>();
        for (int i = 0; i < options.length; i += 2) {
            chosen.put(options[i], options[i + 1]);
        }
        return new CommandDecoder(Smmuv3Features.of(HardwareConfiguration.of(Smmuv3Options.ALL, chosen)));
    }

    /** Bits that may be set, as the specification's tables have them: opcode, operands of dw0, operands of dw1. */
    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "PREFETCH_CONFIG, 0x01, 0x0000FFFFFFFFF800, 0x1F",
        "CFGI_STE,        0x03, 0x0000FFFF00000000, 0x1",
        "CFGI_STE_RANGE,  0x04, 0x0000FFFF00000000, 0x1F",
        "CFGI_CD,         0x05, 0x0000FFFFFFFFF000, 0x1",
        "CFGI_CD_ALL,     0x06, 0x0000FFFF00000000, 0x0",
        "TLBI_NH_ALL,     0x10, 0x0000FFFF00000000, 0x0",
        "TLBI_NH_ASID,    0x11, 0xFFFFFFFF00000000, 0x0",
        "TLBI_NH_VA,      0x12, 0xFFFFFFFF01F1F000, 0xFFFFFFFFFFFFFF01",
        "TLBI_NH_VAA,     0x13, 0x0000FFFF01F1F000, 0xFFFFFFFFFFFFFF01",
        "TLBI_EL2_ALL,    0x20, 0x0000000000000000, 0x0",
        "TLBI_EL2_ASID,   0x21, 0xFFFF000000000000, 0x0",
        "TLBI_EL2_VA,     0x22, 0xFFFF000001F1F000, 0xFFFFFFFFFFFFFF01",
        "TLBI_EL2_VAA,    0x23, 0x0000000001F1F000, 0xFFFFFFFFFFFFFF01",
        "TLBI_S12_VMALL,  0x28, 0x0000FFFF00000000, 0x0",
        "TLBI_S2_IPA,     0x2A, 0x0000FFFF01F1F000, 0x000FFFFFFFFFFF01",
        "TLBI_NSNH_ALL,   0x30, 0x0000000000000000, 0x0",
        "ATC_INV,         0x40, 0x0000FFFFFFFFFA00, 0xFFFFFFFFFFFFF03F",
        "PRI_RESP,        0x41, 0x0000FFFFFFFFF800, 0x31FF",
        "RESUME,          0x44, 0x0000FFFF00003000, 0xFFFF",
        "STALL_TERM,      0x45, 0x0000FFFF00000000, 0x0",
        "SYNC,            0x46, 0xFFFFFFFF0FC03000, 0x000FFFFFFFFFFFFC",
    })
    void everyBitThatIsNoOperandIsReserved(String name, String opcode, String operands0, String operands1) {
        long code = Long.decode(opcode);
        List<Integer> refused0 = new ArrayList<>();
        List<Integer> refused1 = new ArrayList<>();
        for (int bit = 0; bit < 64; bit++) {
            long one = 1L << bit;
            if (bit >= 8 && isReserved(code | one, 0)) {
                refused0.add(bit);
            }
            if (isReserved(code, one)) {
                refused1.add(bit);
            }
        }
        assertThat(refused0).isEqualTo(clear(Long.parseUnsignedLong(operands0.substring(2), 16) | 0xFF));
        assertThat(refused1).isEqualTo(clear(Long.parseUnsignedLong(operands1.substring(2), 16)));
        assertThat(decoder().decode(code, 0).describe()).startsWith("CMD_" + name);
    }

    private static boolean isReserved(long dw0, long dw1) {
        String text = decoder().decode(dw0, dw1).describe();
        return text.contains("reserved bits are set") || text.contains("SSec");
    }

    private static List<Integer> clear(long mask) {
        List<Integer> bits = new ArrayList<>();
        for (int bit = 0; bit < 64; bit++) {
            if ((mask >>> bit & 1) == 0) {
                bits.add(bit);
            }
        }
        return bits;
    }

    @ParameterizedTest
    @ValueSource(ints = {0x00, 0x02, 0x07, 0x0F, 0x14, 0x18, 0x29, 0x31, 0x42, 0x43, 0x47, 0x80, 0xFF})
    void otherOpcodesDoNotExist(int opcode) {
        assertThat(decoder().decode(opcode, 0)).isInstanceOf(Command.Illegal.class);
    }

    @ParameterizedTest
    @CsvSource({
        "stage1, no, 0x05", "stage1, no, 0x06", "stage1, no, 0x10", "stage1, no, 0x11", "stage1, no, 0x12",
        "stage1, no, 0x13", "stage2, no, 0x28", "stage2, no, 0x2a", "hyp, no, 0x20", "hyp, no, 0x21",
        "hyp, no, 0x22", "hyp, no, 0x23", "ats, no, 0x40", "ats, no, 0x41", "pri, no, 0x41",
        "stall-model, terminate, 0x44", "stall-model, terminate, 0x45",
    })
    void commandsOfFeaturesThatAreMissingAreIllegal(String option, String value, String opcode) {
        assertThat(decoder().decode(Long.decode(opcode), 0)).isNotInstanceOf(Command.Illegal.class);
        assertThat(decoder(option, value).decode(Long.decode(opcode), 0)).isInstanceOf(Command.Illegal.class);
    }

    @ParameterizedTest
    @CsvSource({
        "asid16, no, 0x0100000000000011, 0",
        "vmid16, no, 0x0000010000000010, 0",
        "substream-id-bits, 8, 0x0000000000100005, 0",
        "range-invalidation, no, 0x0000000000001012, 0",
        "range-invalidation, no, 0x12, 0x400",
        "msi, no, 0x0000000100001046, 0",
        "msi, no, 0x1046, 0x1000",
    })
    void partsOfOperandsThatAreNotImplementedAreReserved(String option, String value, String dw0, String dw1) {
        assertThat(decoder(option, value).decode(Long.decode(dw0), Long.decode(dw1)))
                .isInstanceOf(Command.Illegal.class);
    }

    @Test
    void streamIdsMayHaveThirtyTwoBits() {
        long far = 0xFFFF_FFFFL << 32 | 3;
        assertThat(decoder().decode(far, 0)).isInstanceOf(Command.Illegal.class);
        assertThat(decoder("stream-id-bits", "32").decode(far, 0)).isInstanceOf(Command.Invalidate.class);
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "CS 3, 0x3046, 0",
        "Resp 3, 0x41, 0x3000",
        "ATC size 53, 0x40, 53",
        "granule without range or level, 0x12, 0x400",
        "range without granule, 0x1012, 0",
        "level without granule, 0x12, 0x100",
        "16 KiB granule, 0x1012, 0x800",
        "64 KiB granule, 0x1012, 0xC00",
        "address not aligned to 2 MiB, 0x12, 0x1600",
        "address not aligned to 1 GiB, 0x2a, 0x200500",
    })
    void operandsThatContradictEachOtherAreIllegal(String what, String dw0, String dw1) {
        assertThat(decoder().decode(Long.decode(dw0), Long.decode(dw1))).isInstanceOf(Command.Illegal.class);
    }

    @Test
    void descriptionsNameTheOperands() {
        assertThat(decoder().decode(0x20L << 32 | 5 << 12 | 5, 1).describe())
                .isEqualTo("CMD_CFGI_CD SSID=0x5 SID=0x20 LEAF=0x1");
        assertThat(decoder().decode(7L << 48 | 0x12, 0x1234_5001).describe())
                .isEqualTo("CMD_TLBI_NH_VA ASID=0x7 LEAF=0x1 ADDRESS=0x12345000");
    }
}
