package dev.hitless.iommu.hardware.vtd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hitless.iommu.hardware.Invalidation;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DescriptorDecoderTest {
    private final DescriptorDecoder decoder = new DescriptorDecoder(TestTables.capabilities(Map.of()));

    private void expectError(QueueError error, long q0, long q1, boolean wide, boolean scalable) {
        assertThatThrownBy(() -> decoder.invalidation(q0, q1, wide, scalable))
                .isInstanceOfSatisfying(InvalidDescriptorException.class, thrown -> assertThat(thrown.error())
                        .isEqualTo(error));
    }

    /** Masks of reserved bits; type bits 11:9 are left out, since they make another type. */
    @ParameterizedTest
    @CsvSource({
        "0x11, 0xFFFC00000000F1C0, 0xFFFFFFFFFFFFFFFF",
        "0x12, 0xFFFFFFFF0000F100, 0xF80",
        "0x03, 0xFFFF0000FFE0F1F0, 0xFFE",
        "0x04, 0xFFFF000007FFF1E0, 0xFFFFFFFFFFFFFFFF",
        "0x26, 0xFFF000000000F1C0, 0xF80",
        "0x17, 0xFFF000000000F1C0, 0xFFFFFFFFFFFFFFFF",
        "0x08, 0xFFF000000000F000, 0x7FE"
    })
    void everyReservedBitIsRefusedAndEveryOtherOneTaken(String base, String mask0, String mask1)
            throws InvalidDescriptorException {
        long q0 = Long.decode(base);
        long reserved0 = Long.parseUnsignedLong(mask0.substring(2), 16);
        long reserved1 = Long.parseUnsignedLong(mask1.substring(2), 16);
        for (int bit = 0; bit < 64; bit++) {
            long one = 1L << bit;
            if ((reserved0 & one) != 0) {
                expectError(QueueError.RESERVED_FIELD, q0 | one, 0, true, true);
            } else if (bit > 11) {
                assertThat(decoder.invalidation(q0 | one, 0, true, true)).isNotNull();
            }
            if ((reserved1 & one) != 0) {
                expectError(QueueError.RESERVED_FIELD, q0, one, true, true);
            } else {
                assertThat(decoder.invalidation(q0, one, true, true)).isNotNull();
            }
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {0x01, 0x02, 0x06, 0x16, 0x27})
    void reservedGranularitiesAreRefused(long q0) {
        expectError(QueueError.RESERVED_FIELD, q0, 0, true, true);
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 0xA, 0xB, 0xC, 0xD, 0xE, 0xF, 0x200, 0x217, 0xE12})
    void otherTypesAreRefused(long q0) {
        expectError(QueueError.TYPE, q0, 0, true, true);
    }

    @ParameterizedTest
    @ValueSource(longs = {0x26, 0x17, 0x08})
    void descriptorsWithPasidNeedAWideQueueAndScalableMode(long q0) throws InvalidDescriptorException {
        expectError(QueueError.WIDTH, q0, 0, false, true);
        expectError(QueueError.TABLE_MODE, q0, 0, true, false);
        assertThat(decoder.invalidation(q0, 0, true, true)).isNotNull();
    }

    @ParameterizedTest
    @ValueSource(longs = {0x32, 0x36})
    void theRangeMustFitTheMaskAndBeAligned(long q0) throws InvalidDescriptorException {
        expectError(QueueError.RESERVED_FIELD, q0, 19, true, true);
        expectError(QueueError.RESERVED_FIELD, q0, 0x1000 | 1, true, true);
        Invalidation command = decoder.invalidation(q0, 0x4000_0000L | 18, true, true);
        assertThat(command.describe()).contains("0x40000000..0x7fffffff");
    }

    @Test
    void deviceTlbCommandsNeedTheCapability() {
        DescriptorDecoder without = new DescriptorDecoder(TestTables.capabilities(Map.of("device-tlb", "no")));
        for (long q0 : new long[] {3, 8}) {
            assertThatThrownBy(() -> without.invalidation(q0, 0, true, true))
                    .isInstanceOf(InvalidDescriptorException.class)
                    .hasMessageContaining("ECAP.DT");
        }
        assertThatThrownBy(() -> without.pageGroupResponse(9, 0)).hasMessageContaining("ECAP.PRS");
    }

    @Test
    void waitsAreDecoded() throws InvalidDescriptorException {
        WaitDescriptor wait = decoder.waitDescriptor(0x8765_4321_0000_00F5L, 0x1234_5678_9ABCL);
        assertThat(wait).isEqualTo(new WaitDescriptor(true, true, true, true, 0x8765_4321, 0x1234_5678_9ABCL));
        for (int bit : new int[] {8, 12, 15, 16, 31}) {
            assertThatThrownBy(() -> decoder.waitDescriptor(0x25 | 1L << bit, 0))
                    .isInstanceOf(InvalidDescriptorException.class);
        }
        for (int bit : new int[] {0, 1}) {
            assertThatThrownBy(() -> decoder.waitDescriptor(0x25, 1L << bit))
                    .isInstanceOf(InvalidDescriptorException.class);
        }
        DescriptorDecoder without = new DescriptorDecoder(TestTables.capabilities(Map.of("page-requests", "no")));
        assertThatThrownBy(() -> without.waitDescriptor(0xA5, 0)).hasMessageContaining("ECAP.PDS");
    }

    @Test
    void pageGroupResponsesAreDecoded() throws InvalidDescriptorException {
        assertThat(decoder.pageGroupResponse(0x0005_4321_0312_1019L, 0x155 << 3 | 4))
                .isEqualTo(new PageGroupResponse(0x312, 0x54321, 0x155, 1));
        assertThat(decoder.pageGroupResponse(0x0312_0009L, 0).pasid()).isEqualTo(-1);
        for (int bit : new int[] {5, 6, 8, 52, 63}) {
            assertThatThrownBy(() -> decoder.pageGroupResponse(9 | 1L << bit, 0))
                    .isInstanceOf(InvalidDescriptorException.class);
        }
        for (int bit : new int[] {0, 1, 12, 63}) {
            assertThatThrownBy(() -> decoder.pageGroupResponse(9, 1L << bit))
                    .isInstanceOf(InvalidDescriptorException.class);
        }
    }
}
