package dev.hitless.iommu.driver.smmuv3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hitless.iommu.api.DriverOptions;
import dev.hitless.iommu.api.Errno;
import dev.hitless.iommu.api.IommuDevice;
import dev.hitless.iommu.api.IommuDomain;
import dev.hitless.iommu.api.IommuException;
import dev.hitless.iommu.api.PagingDomain;
import dev.hitless.iommu.api.Pasid;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Leaves of both sizes, on the hardware model. */
class ContextLeafTest {
    private static final long ONE = 0x10_0000_0000L;
    private static final long OTHER = 0x20_0000_0000L;
    private static final Pasid FAR = Pasid.of(0x8421);
    private static final String OPTION = Smmuv3DriverProvider.CONTEXT_LEAF_KIB;

    @ParameterizedTest
    @CsvSource({"4, 0x1000", "64, 0x10000"})
    void theFirstPasidOfALeafAllocatesALeafOfThatSize(String kib, String bytes) {
        Bench bench = new Bench(Map.of(), new DriverOptions(Map.of(OPTION, kib)));
        IommuDevice device = bench.device(16);
        IommuDomain blocked = bench.driver.blockedDomain();
        PagingDomain one = bench.domain("stage-1-4-level", ONE);
        PagingDomain other = bench.domain("stage-1-3-level", OTHER);
        one.setDevPasid(device, Pasid.of(0x1), blocked);
        long before = bench.platform.allocatedBytes();
        other.setDevPasid(device, FAR, blocked);
        assertThat(bench.platform.allocatedBytes() - before).isEqualTo((long) Long.decode(bytes));
        assertThat(bench.reached(Pasid.of(0x1))).isEqualTo(ONE);
        assertThat(bench.reached(FAR)).isEqualTo(OTHER);
        one.setDevPasid(device, FAR, other);
        assertThat(bench.platform.allocatedBytes() - before).isEqualTo((long) Long.decode(bytes));
        assertThat(bench.reached(FAR)).isEqualTo(ONE);
    }

    @ParameterizedTest
    @CsvSource({"8", "16", "63"})
    void otherSizesAreRefused(String kib) {
        assertThatThrownBy(() -> new Bench(Map.of(), new DriverOptions(Map.of(OPTION, kib))))
                .isInstanceOfSatisfying(IommuException.class, refused -> assertThat(refused.errno())
                        .isEqualTo(Errno.EINVAL))
                .hasMessageContaining(OPTION + "=" + kib + " is neither 4 nor 64");
    }

    @Test
    void withoutTheOptionLeavesAreShort() {
        assertThat(ContextLeaf.of(DriverOptions.DEFAULTS)).isEqualTo(ContextLeaf.KIB_4);
    }
}
