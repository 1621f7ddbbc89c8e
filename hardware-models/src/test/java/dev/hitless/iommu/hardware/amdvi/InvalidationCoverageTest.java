package dev.hitless.iommu.hardware.amdvi;

import static dev.hitless.iommu.hardware.amdvi.AmdviCaches.DEVICE_IOTLB;
import static dev.hitless.iommu.hardware.amdvi.AmdviCaches.DIRECTORY;
import static dev.hitless.iommu.hardware.amdvi.AmdviCaches.DTE;
import static dev.hitless.iommu.hardware.amdvi.AmdviCaches.GCR3;
import static dev.hitless.iommu.hardware.amdvi.AmdviCaches.IOTLB;
import static org.assertj.core.api.Assertions.assertThat;

import dev.hitless.iommu.hardware.Invalidation;
import dev.hitless.iommu.hardware.amdvi.AmdviCaches.TranslationKind;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class InvalidationCoverageTest {
    private static final AddressSpan ALL = AddressSpan.ofOperand(0x7FFF_FFFF_FFFF_F001L);
    private static final int DOMAIN = 0x55;
    private static final int PASID = 9;

    private static final long HOST = AmdviCaches.tag(TranslationKind.HOST, DOMAIN, 0);
    private static final long GUEST = AmdviCaches.tag(TranslationKind.GUEST, DOMAIN, PASID);
    private static final long NESTED = AmdviCaches.tag(TranslationKind.NESTED, DOMAIN, PASID);
    private static final long GCR3_TAG = AmdviCaches.gcr3Tag(DOMAIN, PASID);

    private static Invalidation host(boolean directories, AddressSpan span) {
        return new IommuPagesInvalidation(DOMAIN, false, 0, directories, span);
    }

    private static Invalidation guest(boolean directories, AddressSpan span) {
        return new IommuPagesInvalidation(DOMAIN, true, PASID, directories, span);
    }

    @Test
    void devtabEntryDropsTheEntryOfOneDeviceAndNothingElse() {
        Invalidation invalidation = new DevtabEntryInvalidation(0x18);

        assertThat(invalidation.covers(DTE, 0x18, 0, 0)).isTrue();
        assertThat(invalidation.covers(DTE, 0x19, 0, 0)).isFalse();
        assertThat(invalidation.covers(GCR3, 0x18, 0, 0)).isFalse();
        assertThat(invalidation.covers(IOTLB, 0x18, 0, 0x1000)).isFalse();
        assertThat(invalidation.covers(DIRECTORY, 0x18, 0, 0x1000)).isFalse();
        assertThat(invalidation.covers(DEVICE_IOTLB, 0x18, 0, 0x1000)).isFalse();
    }

    @Test
    void interruptTableDropsNothingThatTranslatesDma() {
        Invalidation invalidation = new InterruptTableInvalidation(0x18);
        AmdviCaches.ALL.forEach(
                cache -> assertThat(invalidation.covers(cache, 0x18, 0, 0)).isFalse());
    }

    @Test
    void allDropsEverythingButTheDevicesOwnLines() {
        Invalidation invalidation = new AllInvalidation();

        assertThat(invalidation.covers(DTE, 1, 0, 0)).isTrue();
        assertThat(invalidation.covers(GCR3, GCR3_TAG, 0, 0)).isTrue();
        assertThat(invalidation.covers(DIRECTORY, NESTED, 0, 1 << 21)).isTrue();
        assertThat(invalidation.covers(IOTLB, GUEST, 0x1000, 0x1000)).isTrue();
        assertThat(invalidation.covers(DEVICE_IOTLB, 1, 0x1000, 0x1000)).isFalse();
    }

    @Test
    void gn0DropsHostLinesOfTheDomainAndAllItsNestedLines() {
        AddressSpan elsewhere = new AddressSpan(0x9000_0000L, 12);

        assertThat(host(true, ALL).covers(IOTLB, HOST, 0x1000, 0x1000)).isTrue();
        assertThat(host(true, elsewhere).covers(IOTLB, HOST, 0x1000, 0x1000)).isFalse();
        assertThat(host(true, elsewhere).covers(IOTLB, NESTED, 0x1000, 0x1000)).isTrue();
        assertThat(host(true, elsewhere).covers(DIRECTORY, NESTED, 0x1000, 0x1000))
                .isTrue();
        assertThat(host(true, ALL).covers(IOTLB, HOST + 1, 0x1000, 0x1000)).isFalse();
        assertThat(host(true, ALL).covers(IOTLB, NESTED + 1, 0x1000, 0x1000)).isFalse();
    }

    @Test
    void gn0DoesNotDropGuestLinesWithoutHostTables() {
        assertThat(host(true, ALL).covers(IOTLB, GUEST, 0x1000, 0x1000)).isFalse();
        assertThat(host(true, ALL).covers(DIRECTORY, GUEST, 0x1000, 0x1000)).isFalse();
        assertThat(host(true, ALL).covers(GCR3, AmdviCaches.gcr3Tag(DOMAIN, 0), 0, 0))
                .isFalse();
    }

    @Test
    void gn1DropsLinesOfOnePasid() {
        assertThat(guest(false, ALL).covers(IOTLB, GUEST, 0x1000, 0x1000)).isTrue();
        assertThat(guest(false, ALL).covers(IOTLB, NESTED, 0x1000, 0x1000)).isTrue();
        assertThat(guest(false, ALL).covers(IOTLB, HOST, 0x1000, 0x1000)).isFalse();
        long otherPasid = AmdviCaches.tag(TranslationKind.GUEST, DOMAIN, PASID + 1);
        assertThat(guest(false, ALL).covers(IOTLB, otherPasid, 0x1000, 0x1000)).isFalse();
        assertThat(guest(false, ALL).covers(IOTLB, GUEST + 1, 0x1000, 0x1000)).isFalse();
        AddressSpan page = new AddressSpan(0xFFFF_8000_0000_2000L, 12);
        assertThat(guest(false, page).covers(IOTLB, GUEST, 0xFFFF_8000_0000_2000L, 0x1000))
                .isTrue();
        assertThat(guest(false, page).covers(IOTLB, GUEST, 0xFFFF_8000_0000_3000L, 0x1000))
                .isFalse();
    }

    @Test
    void directoriesNeedPde() {
        assertThat(host(false, ALL).covers(DIRECTORY, HOST, 0, 1 << 21)).isFalse();
        assertThat(host(true, ALL).covers(DIRECTORY, HOST, 0, 1 << 21)).isTrue();
        assertThat(guest(false, ALL).covers(DIRECTORY, GUEST, 0, 1 << 21)).isFalse();
        assertThat(guest(true, ALL).covers(DIRECTORY, GUEST, 0, 1 << 21)).isTrue();
        assertThat(host(false, ALL).covers(DIRECTORY, NESTED, 0, 1 << 21)).isFalse();
    }

    @Test
    void gcr3EntriesNeedGnPdeAndTheWholeSpace() {
        assertThat(guest(true, ALL).covers(GCR3, GCR3_TAG, 0, 0)).isTrue();
        assertThat(guest(false, ALL).covers(GCR3, GCR3_TAG, 0, 0)).isFalse();
        assertThat(guest(true, new AddressSpan(0, 48)).covers(GCR3, GCR3_TAG, 0, 0))
                .isFalse();
        assertThat(guest(true, ALL).covers(GCR3, AmdviCaches.gcr3Tag(DOMAIN, PASID + 1), 0, 0))
                .isFalse();
        assertThat(guest(true, ALL).covers(GCR3, AmdviCaches.gcr3Tag(DOMAIN + 1, PASID), 0, 0))
                .isFalse();
        assertThat(guest(true, ALL).covers(DTE, GCR3_TAG, 0, 0)).isFalse();
    }

    @Test
    void pageInvalidationsLeaveDevicesAlone() {
        assertThat(guest(true, ALL).covers(DEVICE_IOTLB, GUEST, 0, 0x1000)).isFalse();
        assertThat(host(true, ALL).covers(DEVICE_IOTLB, HOST, 0, 0x1000)).isFalse();
    }

    @Test
    void iotlbPagesDropADevicesLines() {
        Invalidation without = new IotlbPagesInvalidation(0x18, false, 0, ALL);
        Invalidation with = new IotlbPagesInvalidation(0x18, true, PASID, ALL);
        Invalidation zero = new IotlbPagesInvalidation(0x18, true, 0, ALL);
        long noPasid = AmdviCaches.deviceTag(0x18, -1);
        long pasidZero = AmdviCaches.deviceTag(0x18, 0);
        long pasid = AmdviCaches.deviceTag(0x18, PASID);

        assertThat(without.targetRequester()).isEqualTo(0x18);
        assertThat(without.covers(DEVICE_IOTLB, noPasid, 0x1000, 0x1000)).isTrue();
        assertThat(without.covers(DEVICE_IOTLB, pasid, 0x1000, 0x1000))
                .as("a request without PASID concerns all")
                .isTrue();
        assertThat(without.covers(DEVICE_IOTLB, pasidZero, 0x1000, 0x1000)).isTrue();
        assertThat(without.covers(DEVICE_IOTLB, AmdviCaches.deviceTag(0x19, PASID), 0x1000, 0x1000))
                .isFalse();
        assertThat(with.covers(DEVICE_IOTLB, pasid, 0x1000, 0x1000)).isTrue();
        assertThat(with.covers(DEVICE_IOTLB, noPasid, 0x1000, 0x1000)).isFalse();
        assertThat(zero.covers(DEVICE_IOTLB, noPasid, 0x1000, 0x1000)).isTrue();
        assertThat(zero.covers(DEVICE_IOTLB, pasidZero, 0x1000, 0x1000)).isTrue();
        assertThat(with.covers(DEVICE_IOTLB, AmdviCaches.deviceTag(0x19, PASID), 0x1000, 0x1000))
                .isFalse();
        assertThat(with.covers(IOTLB, pasid, 0x1000, 0x1000)).isFalse();
        Invalidation page = new IotlbPagesInvalidation(0x18, true, PASID, new AddressSpan(0x2000, 12));
        assertThat(page.covers(DEVICE_IOTLB, pasid, 0x1000, 0x1000)).isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        "0x0000000040005000, 0x40005000, 12",
        "0x0000000040004001, 0x40004000, 13",
        "0x0000000040005001, 0x40005000, 14",
        "0x00000000400FF001, 0x400FF000, 21",
        "0x7FFFFFFFFFFFF001, 0x7FFFFFFFFFFFF000, 64",
        "0x3FFFFFFFFFFFF001, 0x3FFFFFFFFFFFF000, 63",
    })
    void theOperandEncodesSizeLikeAPage(String operand, String address, int bits) {
        assertThat(AddressSpan.ofOperand(Long.decode(operand))).isEqualTo(new AddressSpan(Long.decode(address), bits));
    }

    @Test
    void aLineOfAnySizeIsDroppedByAnyAddressInIt() {
        AddressSpan page = new AddressSpan(0x20_3000, 12);
        assertThat(page.overlaps(0x20_0000, 0x20_0000)).isTrue();
        assertThat(page.overlaps(0x40_0000, 0x20_0000)).isFalse();
        assertThat(page.overlaps(0, Long.MIN_VALUE)).isTrue();
        assertThat(page.overlaps(Long.MIN_VALUE, Long.MIN_VALUE)).isFalse();
        assertThat(page.overlaps(0, 0)).as("a line for the whole space").isTrue();
        AddressSpan large = new AddressSpan(0x20_3000, 21);
        assertThat(large.overlaps(0x3F_F000, 0x1000)).isTrue();
        assertThat(large.overlaps(0x40_0000, 0x1000)).isFalse();
    }

    @Test
    void descriptionsNameTheOperands() {
        assertThat(guest(true, ALL).describe())
                .isEqualTo("INVALIDATE_IOMMU_PAGES DomainID=0x55 GN=1 PASID=0x9 PDE=1 all addresses");
        assertThat(host(false, new AddressSpan(0x1000, 12)).describe())
                .isEqualTo("INVALIDATE_IOMMU_PAGES DomainID=0x55 GN=0 PDE=0 0x1000 + 2^12");
        assertThat(new IotlbPagesInvalidation(0x18, false, 0, ALL).describe())
                .isEqualTo("INVALIDATE_IOTLB_PAGES DeviceID=0x18 GN=0 all addresses");
    }
}
