package dev.hitless.iommu.hardware.vtd;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hitless.iommu.hardware.CacheKind;
import dev.hitless.iommu.hardware.Invalidation;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What each command drops. Descriptors are literals. */
class InvalidationCoverageTest {
    private static final int DID = 0x1234;
    private static final int OTHER_DID = 0x1235;
    private static final int PASID = 0x54321;
    private static final int OTHER_PASID = 0x54320;
    private static final int SID = 0x0312;
    private static final long PAGE = 0x7000_0000L;

    private static final long FIRST = CacheTag.firstStage(DID, PASID, false, false);
    private static final long FIRST_SUPERVISOR = CacheTag.firstStage(DID, PASID, false, true);
    private static final long NESTED = CacheTag.firstStage(DID, PASID, true, false);
    private static final long SECOND = CacheTag.secondStage(DID);

    private static Invalidation decode(long q0, long q1) {
        try {
            return new DescriptorDecoder(TestTables.capabilities(Map.of())).invalidation(q0, q1, true, true);
        } catch (InvalidDescriptorException unexpected) {
            throw new AssertionError(unexpected);
        }
    }

    private static boolean drops(Invalidation command, CacheKind cache, long tag) {
        return command.covers(cache, tag, 0, 0);
    }

    private static boolean dropsPage(Invalidation command, CacheKind cache, long tag, long first, long length) {
        return command.covers(cache, tag, first, length);
    }

    /** No command drops what is in a cache that it is not about. */
    private static void expectOnly(Invalidation command, CacheKind... caches) {
        List<CacheKind> about = List.of(caches);
        for (CacheKind cache : VtdCaches.ALL) {
            if (!about.contains(cache)) {
                for (long tag : new long[] {FIRST, NESTED, SECOND, CacheTag.pasidEntry(SID, PASID, DID), SID, 0}) {
                    assertThat(command.covers(cache, tag, PAGE, 4096))
                            .as("%s, %s", command.describe(), cache)
                            .isFalse();
                }
            }
        }
    }

    @Test
    void contextCacheByDeviceOrAll() {
        Invalidation device = decode((long) SID << 32 | 3 << 4 | 1, 0);
        assertThat(drops(device, VtdCaches.CONTEXT, CacheTag.context(SID))).isTrue();
        assertThat(drops(device, VtdCaches.CONTEXT, CacheTag.context(SID + 1))).isFalse();
        expectOnly(device, VtdCaches.CONTEXT);
        for (long granularity : new long[] {1, 2}) {
            Invalidation all = decode(granularity << 4 | 1, 0);
            assertThat(drops(all, VtdCaches.CONTEXT, CacheTag.context(SID))).isTrue();
            expectOnly(all, VtdCaches.CONTEXT);
        }
    }

    @ParameterizedTest
    @CsvSource({"0, 0", "1, 4", "2, 6", "3, 7"})
    void theFunctionMaskWidensADevice(long mask, int ignored) {
        Invalidation device = decode(mask << 48 | (long) SID << 32 | 3 << 4 | 1, 0);
        for (int function = 0; function < 8; function++) {
            boolean same = ((function ^ SID) & 7 & ~ignored) == 0;
            assertThat(drops(device, VtdCaches.CONTEXT, CacheTag.context(SID & ~7 | function)))
                    .isEqualTo(same);
        }
        assertThat(drops(device, VtdCaches.CONTEXT, CacheTag.context(SID ^ 8))).isFalse();
    }

    @Test
    void pasidCacheByPasidInDomain() {
        Invalidation command = decode((long) PASID << 32 | (long) DID << 16 | 1 << 4 | 7, 0);
        assertThat(drops(command, VtdCaches.PASID, CacheTag.pasidEntry(SID, PASID, DID)))
                .isTrue();
        assertThat(drops(command, VtdCaches.PASID, CacheTag.pasidEntry(SID + 1, PASID, DID)))
                .isTrue();
        assertThat(drops(command, VtdCaches.PASID, CacheTag.pasidEntry(SID, OTHER_PASID, DID)))
                .isFalse();
        assertThat(drops(command, VtdCaches.PASID, CacheTag.pasidEntry(SID, PASID, OTHER_DID)))
                .isFalse();
        assertThat(drops(command, VtdCaches.PASID, CacheTag.pasidPiece(SID, PASID)))
                .isTrue();
        assertThat(drops(command, VtdCaches.PASID, CacheTag.pasidPiece(SID, OTHER_PASID)))
                .isFalse();
        expectOnly(command, VtdCaches.PASID);
    }

    @Test
    void pasidCacheByDomain() {
        Invalidation command = decode((long) DID << 16 | 7, 0);
        assertThat(drops(command, VtdCaches.PASID, CacheTag.pasidEntry(SID, PASID, DID)))
                .isTrue();
        assertThat(drops(command, VtdCaches.PASID, CacheTag.pasidEntry(SID, PASID, OTHER_DID)))
                .isFalse();
        assertThat(drops(command, VtdCaches.PASID, CacheTag.pasidPiece(SID, OTHER_PASID)))
                .isTrue();
        expectOnly(command, VtdCaches.PASID);
    }

    @Test
    void pasidCacheGlobally() {
        Invalidation command = decode(3 << 4 | 7, 0);
        assertThat(drops(command, VtdCaches.PASID, CacheTag.pasidEntry(SID, OTHER_PASID, OTHER_DID)))
                .isTrue();
        assertThat(drops(command, VtdCaches.PASID, CacheTag.pasidPiece(SID, OTHER_PASID)))
                .isTrue();
        expectOnly(command, VtdCaches.PASID);
    }

    @Test
    void iotlbGloballyDropsEverythingOfThePages() {
        Invalidation command = decode(1 << 4 | 2, 0);
        for (long tag : new long[] {FIRST, FIRST_SUPERVISOR, NESTED, SECOND, CacheTag.secondStage(OTHER_DID)}) {
            assertThat(dropsPage(command, VtdCaches.IOTLB, tag, PAGE, 4096)).isTrue();
        }
        assertThat(dropsPage(command, VtdCaches.FIRST_STAGE_PAGING, FIRST, PAGE, 4096))
                .isTrue();
        assertThat(dropsPage(command, VtdCaches.SECOND_STAGE_PAGING, SECOND, PAGE, 4096))
                .isTrue();
        expectOnly(command, VtdCaches.IOTLB, VtdCaches.FIRST_STAGE_PAGING, VtdCaches.SECOND_STAGE_PAGING);
    }

    @Test
    void iotlbByDomainSparesWhatIsKnownByPasid() {
        Invalidation command = decode((long) DID << 16 | 2 << 4 | 2, 0);
        assertThat(dropsPage(command, VtdCaches.IOTLB, SECOND, PAGE, 4096)).isTrue();
        assertThat(dropsPage(command, VtdCaches.IOTLB, NESTED, PAGE, 4096)).isTrue();
        assertThat(dropsPage(command, VtdCaches.IOTLB, FIRST, PAGE, 4096)).isFalse();
        assertThat(dropsPage(command, VtdCaches.IOTLB, CacheTag.secondStage(OTHER_DID), PAGE, 4096))
                .isFalse();
        assertThat(dropsPage(command, VtdCaches.SECOND_STAGE_PAGING, SECOND, PAGE, 4096))
                .isTrue();
        assertThat(dropsPage(command, VtdCaches.FIRST_STAGE_PAGING, NESTED, PAGE, 4096))
                .isTrue();
        assertThat(dropsPage(command, VtdCaches.FIRST_STAGE_PAGING, FIRST, PAGE, 4096))
                .isFalse();
    }

    @Test
    void iotlbByPagesDropsSecondStageResultsThere() {
        Invalidation command = decode((long) DID << 16 | 3 << 4 | 2, PAGE | 2);
        assertThat(dropsPage(command, VtdCaches.IOTLB, SECOND, PAGE, 4096)).isTrue();
        assertThat(dropsPage(command, VtdCaches.IOTLB, SECOND, PAGE + 0x3000, 4096))
                .isTrue();
        assertThat(dropsPage(command, VtdCaches.IOTLB, SECOND, PAGE + 0x4000, 4096))
                .isFalse();
        assertThat(dropsPage(command, VtdCaches.IOTLB, SECOND, PAGE - 0x1000, 4096))
                .isFalse();
        assertThat(dropsPage(command, VtdCaches.IOTLB, SECOND, PAGE & -(1L << 21), 1 << 21))
                .isTrue();
        assertThat(dropsPage(command, VtdCaches.IOTLB, NESTED, PAGE, 4096)).isFalse();
        assertThat(dropsPage(command, VtdCaches.IOTLB, FIRST, PAGE, 4096)).isFalse();
        assertThat(dropsPage(command, VtdCaches.SECOND_STAGE_PAGING, SECOND, PAGE & -(1L << 21), 1 << 21))
                .isTrue();
    }

    @Test
    void theLeafHintSparesNonLeafEntries() {
        Invalidation second = decode((long) DID << 16 | 3 << 4 | 2, PAGE | 1 << 6);
        assertThat(dropsPage(second, VtdCaches.IOTLB, SECOND, PAGE, 4096)).isTrue();
        assertThat(dropsPage(second, VtdCaches.SECOND_STAGE_PAGING, SECOND, PAGE, 4096))
                .isFalse();
        assertThat(dropsPage(second, VtdCaches.SECOND_STAGE_PAGING, CacheTag.secondStageLeaf(DID), PAGE, 4096))
                .isTrue();
        Invalidation first = decode((long) PASID << 32 | (long) DID << 16 | 3 << 4 | 6, PAGE | 1 << 6);
        assertThat(dropsPage(first, VtdCaches.IOTLB, FIRST, PAGE, 4096)).isTrue();
        assertThat(dropsPage(first, VtdCaches.FIRST_STAGE_PAGING, FIRST, PAGE, 4096))
                .isFalse();
    }

    @Test
    void pasidBasedIotlbSparesWhatIsKnownByDomainAlone() {
        Invalidation command = decode((long) PASID << 32 | (long) DID << 16 | 2 << 4 | 6, 0);
        for (long tag : new long[] {FIRST, FIRST_SUPERVISOR, NESTED}) {
            assertThat(dropsPage(command, VtdCaches.IOTLB, tag, PAGE, 4096)).isTrue();
            assertThat(dropsPage(command, VtdCaches.FIRST_STAGE_PAGING, tag, PAGE, 4096))
                    .isTrue();
        }
        assertThat(dropsPage(command, VtdCaches.IOTLB, SECOND, PAGE, 4096)).isFalse();
        assertThat(dropsPage(command, VtdCaches.SECOND_STAGE_PAGING, SECOND, PAGE, 4096))
                .isFalse();
        assertThat(dropsPage(command, VtdCaches.IOTLB, CacheTag.firstStage(OTHER_DID, PASID, false, false), 0, 4096))
                .isFalse();
        assertThat(dropsPage(command, VtdCaches.IOTLB, CacheTag.firstStage(DID, OTHER_PASID, false, false), 0, 4096))
                .isFalse();
        expectOnly(command, VtdCaches.IOTLB, VtdCaches.FIRST_STAGE_PAGING);
        // PASID 0 is what requests without PASID use, and a tag without PASID must not pass for it.
        Invalidation ofPasidZero = decode((long) DID << 16 | 2 << 4 | 6, 0);
        assertThat(dropsPage(ofPasidZero, VtdCaches.IOTLB, CacheTag.firstStage(DID, 0, false, false), PAGE, 4096))
                .isTrue();
        assertThat(dropsPage(ofPasidZero, VtdCaches.IOTLB, SECOND, PAGE, 4096)).isFalse();
    }

    @Test
    void pasidBasedIotlbByPages() {
        Invalidation command = decode((long) PASID << 32 | (long) DID << 16 | 3 << 4 | 6, PAGE);
        assertThat(dropsPage(command, VtdCaches.IOTLB, FIRST, PAGE, 4096)).isTrue();
        assertThat(dropsPage(command, VtdCaches.IOTLB, FIRST, PAGE + 4096, 4096))
                .isFalse();
        assertThat(dropsPage(command, VtdCaches.FIRST_STAGE_PAGING, FIRST, PAGE & -(1L << 30), 1 << 30))
                .isTrue();
        Invalidation high = decode((long) PASID << 32 | (long) DID << 16 | 3 << 4 | 6, -4096L);
        assertThat(dropsPage(high, VtdCaches.IOTLB, FIRST, -4096L, 4096)).isTrue();
        assertThat(dropsPage(high, VtdCaches.IOTLB, FIRST, 0, 4096)).isFalse();
    }

    @Test
    void deviceTlbWithoutPasidReachesOnlySuchResults() {
        Invalidation all = decode((long) SID << 32 | 3, 0x7FFF_FFFF_FFFF_F001L);
        assertThat(all.targetRequester()).isEqualTo(SID);
        assertThat(dropsPage(all, VtdCaches.DEVICE_TLB, CacheTag.device(SID, -1, false), PAGE, 4096))
                .isTrue();
        assertThat(dropsPage(all, VtdCaches.DEVICE_TLB, CacheTag.device(SID, -1, false), -4096L, 4096))
                .isTrue();
        assertThat(dropsPage(all, VtdCaches.DEVICE_TLB, CacheTag.device(SID, PASID, true), PAGE, 4096))
                .isFalse();
        assertThat(dropsPage(all, VtdCaches.DEVICE_TLB, CacheTag.device(SID + 1, -1, false), PAGE, 4096))
                .isFalse();
        expectOnly(all, VtdCaches.DEVICE_TLB);
    }

    @Test
    void deviceTlbWithPasidReachesOnePasidOrAll() {
        Invalidation one = decode((long) PASID << 32 | (long) SID << 16 | 8, 0x7FFF_FFFF_FFFF_F800L);
        assertThat(dropsPage(one, VtdCaches.DEVICE_TLB, CacheTag.device(SID, PASID, true), PAGE, 4096))
                .isTrue();
        assertThat(dropsPage(one, VtdCaches.DEVICE_TLB, CacheTag.device(SID, OTHER_PASID, true), PAGE, 4096))
                .isFalse();
        assertThat(dropsPage(one, VtdCaches.DEVICE_TLB, CacheTag.device(SID, -1, false), PAGE, 4096))
                .isFalse();
        Invalidation every = decode((long) PASID << 32 | (long) SID << 16 | 8, 0x7FFF_FFFF_FFFF_F801L);
        assertThat(dropsPage(every, VtdCaches.DEVICE_TLB, CacheTag.device(SID, OTHER_PASID, true), PAGE, 4096))
                .isTrue();
        assertThat(dropsPage(every, VtdCaches.DEVICE_TLB, CacheTag.device(SID, -1, false), PAGE, 4096))
                .isFalse();
        assertThat(dropsPage(every, VtdCaches.DEVICE_TLB, CacheTag.device(SID + 1, PASID, true), PAGE, 4096))
                .isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        "0x10000, false, 0x10000, 0x10FFF",
        "0x10000, true, 0x10000, 0x11FFF",
        "0x17000, true, 0x10000, 0x1FFFF",
        "0x7FFFFFFFFFFFF000, true, 0, -1",
        "-4096, true, 0, -1",
        "0x3FFFFFFFFFFFF000, true, 0, 0x7FFFFFFFFFFFFFFF"
    })
    void theLowestZeroOfTheAddressTellsTheSize(long address, boolean several, long first, long last) {
        assertThat(AddressRange.ofDevice(address, several)).isEqualTo(new AddressRange(first, last));
    }

    @Test
    void interruptEntriesAreNoDmaCache() {
        expectOnly(decode(1 << 4 | 4, 0));
    }
}
