package dev.hitless.iommu.core;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ContractVersionTest {
    @ParameterizedTest
    @CsvSource({
        "1.0, 1.0, true",
        "1.0, 1.7, true",
        "1.7, 1.7, true",
        "1.8, 1.7, false",
        "1.10, 1.9, false",
        "1.9, 1.10, true",
        "0.9, 1.0, false",
        "2.0, 1.9, false",
        "1, 1.0, false",
        "1.0.1, 1.0, false",
        "one.zero, 1.0, false",
        "'', 1.0, false"
    })
    void aDriverFitsACoreOfTheSameMajorAndNoEarlierMinorVersion(String driver, String core, boolean fits) {
        assertThat(ContractVersion.fits(driver, core)).isEqualTo(fits);
    }
}
