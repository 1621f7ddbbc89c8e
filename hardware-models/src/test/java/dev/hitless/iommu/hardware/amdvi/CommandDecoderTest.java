package dev.hitless.iommu.hardware.amdvi;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hitless.iommu.hardware.HardwareConfiguration;
import dev.hitless.iommu.hardware.Invalidation;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class CommandDecoderTest {
    private final CommandDecoder decoder = decoder(Map.of());

    private static CommandDecoder decoder(Map<String, String> options) {
        return new CommandDecoder(
                AmdviFeatures.of(HardwareConfiguration.of(new AmdviHardwareModelProvider().options(), options)));
    }

    @Test
    void completionWait() {
        Command command = decoder.decode(0x1000_ABCD_EF12_3458L | 3, 0x1122_3344_5566_7788L);

        assertThat(command)
                .isEqualTo(new Command.CompletionWait(true, true, 0xABCD_EF12_3458L, 0x1122_3344_5566_7788L));
    }

    @Test
    void invalidateDevtabEntry() {
        assertThat(decoder.decode(0x2000_0000_0000_1234L, 0))
                .isEqualTo(invalidate(new DevtabEntryInvalidation(0x1234)));
    }

    @Test
    void invalidateInterruptTable() {
        assertThat(decoder.decode(0x5000_0000_0000_1234L, 0))
                .isEqualTo(invalidate(new InterruptTableInvalidation(0x1234)));
    }

    @Test
    void invalidateIommuPagesOfAPasid() {
        assertThat(decoder.decode(0x3000_1234_000A_BCDEL, 0x7FFF_FFFF_FFFF_F007L))
                .isEqualTo(invalidate(new IommuPagesInvalidation(
                        0x1234, true, 0xABCDE, true, new AddressSpan(0x7FFF_FFFF_FFFF_F000L, 64))));
    }

    @Test
    void invalidateIommuPagesOfTheHostPath() {
        assertThat(decoder.decode(0x3000_1234_0000_0000L, 0x4000_5000L))
                .isEqualTo(invalidate(
                        new IommuPagesInvalidation(0x1234, false, 0, false, new AddressSpan(0x4000_5000L, 12))));
    }

    @Test
    void invalidateIotlbPagesWithThePasidWhereLinuxPutsIt() {
        long low =
                0x4000_0000_0000_0000L | 0x1234 | 0xBCL << 16 | 0x20L << 24 | 0x1234L << 32 | 0xDEL << 48 | 0xAL << 56;
        assertThat(decoder.decode(low, 0x4000_5004L))
                .isEqualTo(invalidate(
                        new IotlbPagesInvalidation(0x1234, true, 0xABCDE, new AddressSpan(0x4000_5000L, 12))));
    }

    @Test
    void prefetchIommuPages() {
        assertThat(decoder.decode(0x6000_0000_0000_1234L, 0x4000_5011L)).isEqualTo(new Command.Prefetch(0x1234));
    }

    @Test
    void completePprRequest() {
        assertThat(decoder.decode(0x700A_BCDE_0000_1234L, 0x0000_F1FF_0000_0004L))
                .isEqualTo(new Command.CompletePpr(0x1234, 0xABCDE, 0x1FF, 0xF));
        assertThat(decoder.decode(0x7000_0000_0000_1234L, 0x0000_1005_0000_0000L))
                .isEqualTo(new Command.CompletePpr(0x1234, -1, 5, 1));
    }

    @Test
    void invalidateIommuAll() {
        assertThat(decoder.decode(0x8000_0000_0000_0000L, 0)).isEqualTo(invalidate(new AllInvalidation()));
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 9, 10, 11, 15})
    void unknownOpcodesAreIllegal(long opcode) {
        assertThat(decoder.decode(opcode << 60, 0)).isInstanceOf(Command.Illegal.class);
    }

    /** A legal command, and a reserved bit of it (0..127). */
    static Stream<Arguments> reservedBits() {
        List<Arguments> all = new ArrayList<>();
        add(all, 0x1000_0000_0000_1001L, 0, 52, 59);
        for (long deviceOnly : new long[] {0x2000_0000_0000_1234L, 0x5000_0000_0000_1234L}) {
            add(all, deviceOnly, 0, 16, 59);
            add(all, deviceOnly, 0, 64, 127);
        }
        add(all, 0x3000_1234_0000_0007L, 4, 20, 31);
        add(all, 0x3000_1234_0000_0007L, 4, 48, 59);
        add(all, 0x3000_1234_0000_0007L, 4, 67, 75);
        add(all, 0x4000_1234_0000_1234L, 4, 65, 65);
        add(all, 0x4000_1234_0000_1234L, 4, 67, 75);
        add(all, 0x6000_1234_0000_1234L, 4, 65, 65);
        add(all, 0x6000_1234_0000_1234L, 4, 67, 67);
        add(all, 0x6000_1234_0000_1234L, 4, 69, 75);
        add(all, 0x7000_0001_0000_1234L, 4, 16, 31);
        add(all, 0x7000_0001_0000_1234L, 4, 52, 59);
        add(all, 0x7000_0001_0000_1234L, 4, 64, 65);
        add(all, 0x7000_0001_0000_1234L, 4, 67, 95);
        add(all, 0x7000_0001_0000_1234L, 4, 105, 107);
        add(all, 0x7000_0001_0000_1234L, 4, 112, 127);
        add(all, 0x8000_0000_0000_0000L, 0, 0, 59);
        add(all, 0x8000_0000_0000_0000L, 0, 64, 127);
        return all.stream();
    }

    private static void add(List<Arguments> all, long low, long high, int first, int last) {
        for (int bit = first; bit <= last; bit++) {
            all.add(Arguments.of(low, high, bit));
        }
    }

    @ParameterizedTest
    @MethodSource("reservedBits")
    void aReservedBitMakesACommandIllegal(long low, long high, int bit) {
        assertThat(decoder.decode(low, high)).isNotInstanceOf(Command.Illegal.class);

        Command flipped =
                bit < 64 ? decoder.decode(low | 1L << bit, high) : decoder.decode(low, high | 1L << (bit - 64));

        assertThat(flipped).isInstanceOf(Command.Illegal.class);
        assertThat(flipped.describe()).contains("reserved");
    }

    @Test
    void withoutGnThePasidMustBeZero() {
        assertThat(decoder.decode(0x3000_1234_0000_0007L, 0)).isInstanceOf(Command.Illegal.class);
        assertThat(decoder.decode(0x4001_1234_0000_1234L, 0)).isInstanceOf(Command.Illegal.class);
        assertThat(decoder.decode(0x7000_0001_0000_1234L, 0)).isInstanceOf(Command.Illegal.class);
    }

    @Test
    void whatTheHardwareLacksIsIllegal() {
        assertThat(decoder(Map.of("inv-all", "no")).decode(8L << 60, 0)).isInstanceOf(Command.Illegal.class);
        assertThat(decoder(Map.of("ats", "no")).decode(4L << 60, 0)).isInstanceOf(Command.Illegal.class);
        assertThat(decoder(Map.of("pprsup", "no")).decode(7L << 60, 0)).isInstanceOf(Command.Illegal.class);
        assertThat(decoder(Map.of("guest-translation", "no")).decode(3L << 60 | 1, 4))
                .isInstanceOf(Command.Illegal.class);
        assertThat(decoder(Map.of("guest-translation", "no")).decode(3L << 60, 0))
                .isInstanceOf(Command.Invalidate.class);
    }

    private static Command invalidate(Invalidation invalidation) {
        return new Command.Invalidate(invalidation);
    }
}
