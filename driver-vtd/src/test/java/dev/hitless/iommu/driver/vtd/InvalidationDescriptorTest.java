package dev.hitless.iommu.driver.vtd;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hitless.iommu.api.PageResponse;
import dev.hitless.iommu.api.Pasid;
import dev.hitless.iommu.driver.support.memory.AddressSpan;
import org.junit.jupiter.api.Test;

/** Golden values, put together by hand from the layouts of VT-d spec 6.5.2. */
class InvalidationDescriptorTest {
    private static final Pasid PASID = Pasid.of(0xABCDE);
    private static final AddressSpan ONE_PAGE = new AddressSpan(0x7000, 0);
    private static final AddressSpan TWO_MIB = new AddressSpan(0x40_0000, 9);
    private static final DeviceTlbTarget TARGET = new DeviceTlbTarget(0x0123, 32, -1);

    @Test
    void contextCache() {
        assertThat(InvalidationDescriptor.contextCacheOfDevice(0xFEDC)).isEqualTo(words(0xFEDC_0000_0031L, 0));
        assertThat(InvalidationDescriptor.allContexts()).isEqualTo(words(0x11, 0));
    }

    @Test
    void pasidCache() {
        assertThat(InvalidationDescriptor.pasidCache(0x1234, PASID)).isEqualTo(words(0x000A_BCDE_1234_0017L, 0));
        assertThat(InvalidationDescriptor.allPasids()).isEqualTo(words(0x37, 0));
    }

    @Test
    void iotlb() {
        assertThat(InvalidationDescriptor.allTranslations()).isEqualTo(words(0xD2, 0));
        assertThat(InvalidationDescriptor.translationsOfDomain(0xFFFF)).isEqualTo(words(0xFFFF_00E2L, 0));
        assertThat(InvalidationDescriptor.pagesOfDomain(0x1234, TWO_MIB, true))
                .isEqualTo(words(0x1234_00F2L, 0x40_0049L));
        assertThat(InvalidationDescriptor.pagesOfDomain(0x1234, TWO_MIB, false))
                .isEqualTo(words(0x1234_00F2L, 0x40_0009L));
    }

    @Test
    void pasidIotlb() {
        assertThat(InvalidationDescriptor.translationsOfPasid(0x1234, PASID))
                .isEqualTo(words(0x000A_BCDE_1234_0026L, 0));
        assertThat(InvalidationDescriptor.pagesOfPasid(0x1234, PASID, ONE_PAGE, true))
                .isEqualTo(words(0x000A_BCDE_1234_0036L, 0x7040));
    }

    @Test
    void deviceTlb() {
        assertThat(InvalidationDescriptor.deviceTlb(TARGET, AddressSpan.EVERYTHING))
                .isEqualTo(words(0x0123_0000_0003L, 0x7FFF_FFFF_FFFF_F001L));
        assertThat(InvalidationDescriptor.deviceTlb(new DeviceTlbTarget(0x0123, 5, 0xABCD), ONE_PAGE))
                .isEqualTo(words(0xABC0_0123_0005_D003L, 0x7000));
    }

    @Test
    void pasidDeviceTlb() {
        // The type, 8, fits its lower four bits; so does 5 at [8:4].
        assertThat(InvalidationDescriptor.deviceTlbOfPasid(TARGET, PASID, AddressSpan.EVERYTHING))
                .isEqualTo(words(0x000A_BCDE_0123_0008L, 0x7FFF_FFFF_FFFF_F800L));
        assertThat(InvalidationDescriptor.deviceTlbOfPasid(new DeviceTlbTarget(0x0123, 5, 0xABCD), PASID, TWO_MIB))
                .isEqualTo(words(0xABCA_BCDE_0123_D058L, 0x4F_F800L));
    }

    @Test
    void waits() {
        assertThat(InvalidationDescriptor.completion(0x8000, 0x77)).isEqualTo(words(0x77_0000_0025L, 0x8000));
        assertThat(InvalidationDescriptor.drainingPageRequests(
                        InvalidationDescriptor.completion(0x8000, -1).words()))
                .containsExactly(0xFFFF_FFFF_0000_00A5L, 0x8000, 0, 0);
        assertThat(InvalidationDescriptor.fence()).isEqualTo(words(0x45, 0));
    }

    @Test
    void pageGroupResponses() {
        assertThat(InvalidationDescriptor.pageGroupResponse(
                        new PageResponse(0x0123, PASID, 0x1FF, PageResponse.Code.FAILURE)))
                .isEqualTo(words(0x000A_BCDE_0123_F019L, 0xFFC));
        assertThat(InvalidationDescriptor.pageGroupResponse(
                        new PageResponse(0x0123, Pasid.NONE, 1, PageResponse.Code.INVALID)))
                .isEqualTo(words(0x0123_1009L, 0xC));
    }

    private static InvalidationDescriptor words(long word0, long word1) {
        return new InvalidationDescriptor(word0, word1);
    }
}
