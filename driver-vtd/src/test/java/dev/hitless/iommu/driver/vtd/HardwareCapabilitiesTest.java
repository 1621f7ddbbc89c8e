package dev.hitless.iommu.driver.vtd;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HardwareCapabilitiesTest {
    @Test
    void everyFlagOfCapIsReadFromItsOwnBit() {
        Map<Integer, Predicate<HardwareCapabilities>> flags = new LinkedHashMap<>();
        flags.put(4, HardwareCapabilities::needsWriteBufferFlush);
        flags.put(7, HardwareCapabilities::cachingMode);
        flags.put(9, hardware -> hardware.secondStageLevels(3));
        flags.put(10, hardware -> hardware.secondStageLevels(4));
        flags.put(11, hardware -> hardware.secondStageLevels(5));
        flags.put(34, HardwareCapabilities::secondStage2MiB);
        flags.put(35, HardwareCapabilities::secondStage1GiB);
        flags.put(39, HardwareCapabilities::pageSelectiveInvalidation);
        flags.put(56, HardwareCapabilities::firstStage1GiB);
        flags.put(60, HardwareCapabilities::firstStage5Levels);
        flags.put(63, HardwareCapabilities::rootPointerInvalidates);
        flags.forEach((bit, flag) -> {
            assertThat(flag.test(new HardwareCapabilities(1L << bit, 0)))
                    .as("bit %d", bit)
                    .isTrue();
            assertThat(flag.test(new HardwareCapabilities(~(1L << bit), -1)))
                    .as("bit %d", bit)
                    .isFalse();
        });
    }

    @Test
    void everyFlagOfEcapIsReadFromItsOwnBit() {
        Map<Integer, Predicate<HardwareCapabilities>> flags = new LinkedHashMap<>();
        flags.put(0, HardwareCapabilities::coherentTables);
        flags.put(1, HardwareCapabilities::queuedInvalidation);
        flags.put(2, HardwareCapabilities::deviceTlb);
        flags.put(6, HardwareCapabilities::passThrough);
        flags.put(26, HardwareCapabilities::nesting);
        flags.put(31, HardwareCapabilities::supervisorRequests);
        flags.put(34, HardwareCapabilities::extendedAccessedFlag);
        flags.put(41, HardwareCapabilities::deviceTlbThrottling);
        flags.put(43, HardwareCapabilities::scalableMode);
        flags.put(46, HardwareCapabilities::secondStage);
        flags.put(47, HardwareCapabilities::firstStage);
        flags.put(48, HardwareCapabilities::coherentPageWalk);
        flags.forEach((bit, flag) -> {
            assertThat(flag.test(new HardwareCapabilities(0, 1L << bit)))
                    .as("bit %d", bit)
                    .isTrue();
            assertThat(flag.test(new HardwareCapabilities(-1, ~(1L << bit))))
                    .as("bit %d", bit)
                    .isFalse();
        });
    }

    @Test
    void pageRequestsAreOfNoUseWithoutDraining() {
        assertThat(new HardwareCapabilities(0, 1L << 29).pageRequests()).isFalse();
        assertThat(new HardwareCapabilities(0, 1L << 42).pageRequests()).isFalse();
        assertThat(new HardwareCapabilities(0, 1L << 29 | 1L << 42).pageRequests())
                .isTrue();
    }

    @ParameterizedTest
    @CsvSource({"0, 4", "1, 6", "4, 12", "6, 16", "7, 16"})
    void domainIdsHaveFourBitsAndTwoForEachStep(long field, int bits) {
        assertThat(new HardwareCapabilities(field, 0).domainIdBits()).isEqualTo(bits);
    }

    @Test
    void fieldsOfSeveralBits() {
        HardwareCapabilities hardware =
                new HardwareCapabilities(47L << 16 | 0x22L << 24 | 7L << 40 | 18L << 48, 19L << 35 | 1L << 40);
        assertThat(hardware.maximumAddressBits()).isEqualTo(48);
        assertThat(hardware.faultRecordOffset()).isEqualTo(0x220);
        assertThat(hardware.faultRecords()).isEqualTo(8);
        assertThat(hardware.maximumAddressMask()).isEqualTo(18);
        assertThat(hardware.pasidBits()).isEqualTo(20);
    }

    @Test
    void theSizeOfPasidsMeansNothingWithoutPasids() {
        assertThat(new HardwareCapabilities(0, 19L << 35).pasidBits()).isZero();
    }

    @Test
    void theLargestSecondStageIsTheLongestTableThatCanBeWalked() {
        assertThat(new HardwareCapabilities(0, 0).largestSecondStageLevels()).isZero();
        assertThat(new HardwareCapabilities(1L << 9, 0).largestSecondStageLevels())
                .isEqualTo(3);
        assertThat(new HardwareCapabilities(7L << 9, 0).largestSecondStageLevels())
                .isEqualTo(5);
    }
}
