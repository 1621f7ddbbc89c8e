package dev.hitless.iommu.hardware.smmuv3;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hitless.iommu.hardware.CacheKind;
import dev.hitless.iommu.hardware.DmaRequest;
import dev.hitless.iommu.hardware.HardwareConfiguration;
import dev.hitless.iommu.hardware.Invalidation;
import java.util.Map;
import org.junit.jupiter.api.Test;

class InvalidationTest {
    private static final CommandDecoder DECODER =
            new CommandDecoder(Smmuv3Features.of(HardwareConfiguration.of(Smmuv3Options.ALL, Map.of())));
    private static final int SID = 0x20;
    private static final long SID_OPERAND = (long) SID << 32;
    private static final long L1STD_TAG = 8L << 52;
    private static final long L1CD_64_TAG = 6L << 52 | 0x40L << 32 | SID;
    private static final long CD_TAG = 0x45L << 32 | SID;
    private static final long TLB_TAG = 2L << 16 | 7;
    private static final long GLOBAL_TAG = 1L << 32 | 2L << 16;
    private static final long STAGE2_TAG = 3L << 34 | 2L << 16;
    private static final long EL2_TAG = 1L << 34;
    private static final long E2H_TAG = 2L << 34 | 7;
    private static final long VMID = 2L << 32;
    private static final long ASID = 7L << 48;
    private static final long PAGE = 0x40_0000;
    private static final long MEGA_2 = 0x20_0000;

    private static Invalidation command(long dw0, long dw1) {
        return ((Command.Invalidate) DECODER.decode(dw0, dw1)).invalidation();
    }

    private static boolean drops(long dw0, long dw1, CacheKind cache, long tag) {
        return command(dw0, dw1).covers(cache, tag, 0, 0);
    }

    private static boolean dropsPage(long dw0, long dw1, CacheKind cache, long tag) {
        return command(dw0, dw1).covers(cache, tag, PAGE, 4096);
    }

    @Test
    void cfgiSteDropsTheStreamsConfigurationButKeepsLevelOneWithLeaf() {
        assertThat(drops(SID_OPERAND | 3, 0, Smmuv3Caches.STE, SID)).isTrue();
        assertThat(drops(SID_OPERAND | 3, 0, Smmuv3Caches.STE, SID + 1)).isFalse();
        assertThat(drops(SID_OPERAND | 3, 1, Smmuv3Caches.CD, CD_TAG)).isTrue();
        assertThat(drops(SID_OPERAND | 3, 1, Smmuv3Caches.L1CD, L1CD_64_TAG)).isTrue();
        assertThat(drops(SID_OPERAND | 3, 0, Smmuv3Caches.L1STD, L1STD_TAG)).isTrue();
        assertThat(drops(SID_OPERAND | 3, 1, Smmuv3Caches.L1STD, L1STD_TAG)).isFalse();
        assertThat(drops(0x120L << 32 | 3, 0, Smmuv3Caches.L1STD, L1STD_TAG)).isFalse();
    }

    @Test
    void cfgiSteRangeDropsAnAlignedBlockAndAllDropsEverything() {
        // Range 3: 16 StreamIDs, 0x20 to 0x2F.
        assertThat(drops(0x23L << 32 | 4, 3, Smmuv3Caches.STE, 0x2F)).isTrue();
        assertThat(drops(0x23L << 32 | 4, 3, Smmuv3Caches.STE, 0x30)).isFalse();
        assertThat(drops(0x23L << 32 | 4, 3, Smmuv3Caches.STE, 0x1F)).isFalse();
        assertThat(drops(0x23L << 32 | 4, 3, Smmuv3Caches.L1STD, L1STD_TAG)).isTrue();
        assertThat(drops(4, 31, Smmuv3Caches.STE, 0xFFFF_FFFFL)).isTrue();
        assertThat(drops(4, 31, Smmuv3Caches.CD, CD_TAG)).isTrue();
    }

    @Test
    void cfgiCdDropsOneDescriptorOfOneStream() {
        long one = SID_OPERAND | 0x45 << 12 | 5;
        assertThat(drops(one, 1, Smmuv3Caches.CD, CD_TAG)).isTrue();
        assertThat(drops(one, 1, Smmuv3Caches.CD, CD_TAG + (1L << 32))).isFalse();
        assertThat(drops(one, 1, Smmuv3Caches.CD, CD_TAG + 1)).isFalse();
        assertThat(drops(one, 1, Smmuv3Caches.L1CD, L1CD_64_TAG)).isFalse();
        assertThat(drops(one, 0, Smmuv3Caches.L1CD, L1CD_64_TAG)).isTrue();
        assertThat(drops(SID_OPERAND | 0x85 << 12 | 5, 0, Smmuv3Caches.L1CD, L1CD_64_TAG))
                .isFalse();
        assertThat(drops(one, 0, Smmuv3Caches.STE, SID)).isFalse();
        assertThat(drops(SID_OPERAND | 6, 0, Smmuv3Caches.CD, CD_TAG)).isTrue();
        assertThat(drops(SID_OPERAND | 6, 0, Smmuv3Caches.L1CD, L1CD_64_TAG)).isTrue();
        assertThat(drops(SID_OPERAND | 6, 0, Smmuv3Caches.CD, CD_TAG + 1)).isFalse();
    }

    @Test
    void configurationCommandsDropNoTranslationAndTheReverse() {
        for (CacheKind cache : new CacheKind[] {Smmuv3Caches.TLB, Smmuv3Caches.STAGE1_WALK, Smmuv3Caches.ATC}) {
            assertThat(drops(4, 31, cache, TLB_TAG)).as("%s", cache).isFalse();
            assertThat(drops(SID_OPERAND | 6, 0, cache, SID)).as("%s", cache).isFalse();
        }
        for (CacheKind cache : new CacheKind[] {Smmuv3Caches.STE, Smmuv3Caches.CD, Smmuv3Caches.ATC}) {
            assertThat(dropsPage(0x30, 0, cache, SID)).as("%s", cache).isFalse();
        }
    }

    @Test
    void byAsidDropsThatAsidOfThatVmidButNoGlobalPage() {
        long nhAsid = VMID | ASID | 0x11;
        assertThat(dropsPage(nhAsid, 0, Smmuv3Caches.TLB, TLB_TAG)).isTrue();
        assertThat(dropsPage(nhAsid, 0, Smmuv3Caches.STAGE1_WALK, TLB_TAG)).isTrue();
        assertThat(dropsPage(nhAsid, 0, Smmuv3Caches.STAGE1_LEAF, TLB_TAG)).isTrue();
        assertThat(dropsPage(nhAsid, 0, Smmuv3Caches.TLB, TLB_TAG + 1)).isFalse();
        assertThat(dropsPage(nhAsid, 0, Smmuv3Caches.TLB, 3L << 16 | 7)).isFalse();
        assertThat(dropsPage(nhAsid, 0, Smmuv3Caches.TLB, GLOBAL_TAG)).isFalse();
        assertThat(dropsPage(nhAsid, 0, Smmuv3Caches.TLB, E2H_TAG)).isFalse();
        assertThat(dropsPage(nhAsid, 0, Smmuv3Caches.TLB, STAGE2_TAG)).isFalse();
        assertThat(dropsPage(VMID | 0x10, 0, Smmuv3Caches.TLB, GLOBAL_TAG)).isTrue();
        assertThat(dropsPage(VMID | 0x10, 0, Smmuv3Caches.TLB, TLB_TAG)).isTrue();
        assertThat(dropsPage(VMID | 0x10, 0, Smmuv3Caches.STAGE2_LEAF, STAGE2_TAG))
                .isFalse();
    }

    @Test
    void byAddressDropsThePageAndGlobalPagesAndWithoutLeafTheWay() {
        long nhVa = VMID | ASID | 0x12;
        assertThat(dropsPage(nhVa, PAGE, Smmuv3Caches.TLB, TLB_TAG)).isTrue();
        assertThat(dropsPage(nhVa, PAGE, Smmuv3Caches.TLB, GLOBAL_TAG)).isTrue();
        assertThat(dropsPage(nhVa, PAGE, Smmuv3Caches.TLB, TLB_TAG + 1)).isFalse();
        assertThat(dropsPage(VMID | 0x13, PAGE, Smmuv3Caches.TLB, TLB_TAG + 1)).isTrue();
        assertThat(dropsPage(nhVa, PAGE + 4096, Smmuv3Caches.TLB, TLB_TAG)).isFalse();
        assertThat(dropsPage(nhVa, PAGE - 4096, Smmuv3Caches.TLB, TLB_TAG)).isFalse();
        assertThat(command(nhVa, PAGE + 0x5000).covers(Smmuv3Caches.TLB, TLB_TAG, PAGE, MEGA_2))
                .isTrue();
        assertThat(command(nhVa, PAGE).covers(Smmuv3Caches.STAGE1_WALK, TLB_TAG, 0, 1L << 30))
                .isTrue();
        assertThat(command(nhVa, PAGE | 1).covers(Smmuv3Caches.STAGE1_WALK, TLB_TAG, 0, 1L << 30))
                .isFalse();
        assertThat(dropsPage(nhVa, PAGE | 1, Smmuv3Caches.TLB, TLB_TAG)).isTrue();
        assertThat(dropsPage(nhVa, PAGE | 1, Smmuv3Caches.STAGE1_LEAF, TLB_TAG)).isTrue();
    }

    @Test
    void rangesCoverTheirPagesAndLevelsOnlyTheirLeaves() {
        // TG=1, NUM=3, SCALE=1: 8 pages.
        long range = VMID | ASID | 3 << 12 | 1 << 20 | 0x12;
        assertThat(dropsPage(range, PAGE - 7 * 4096 | 0x400, Smmuv3Caches.TLB, TLB_TAG))
                .isTrue();
        assertThat(dropsPage(range, PAGE - 8 * 4096 | 0x400, Smmuv3Caches.TLB, TLB_TAG))
                .isFalse();
        long level3 = PAGE | 0x400 | 3 << 8;
        assertThat(dropsPage(range, level3, Smmuv3Caches.TLB, TLB_TAG)).isTrue();
        assertThat(command(range, level3).covers(Smmuv3Caches.TLB, TLB_TAG, PAGE, MEGA_2))
                .isFalse();
        assertThat(command(range, level3).covers(Smmuv3Caches.STAGE1_WALK, TLB_TAG, 0, 1L << 30))
                .isTrue();
        long level2 = PAGE | 0x400 | 2 << 8;
        assertThat(command(range, level2).covers(Smmuv3Caches.TLB, TLB_TAG, PAGE, MEGA_2))
                .isTrue();
    }

    @Test
    void addressesOfTheUpperHalfAreUnsigned() {
        assertThat(command(VMID | ASID | 0x12, -4096L).covers(Smmuv3Caches.TLB, TLB_TAG, -4096L, 4096))
                .isTrue();
        assertThat(command(VMID | ASID | 0x12, 0).covers(Smmuv3Caches.TLB, TLB_TAG, -4096L, 4096))
                .isFalse();
    }

    @Test
    void el2CommandsReachEl2Only() {
        assertThat(dropsPage(0x20, 0, Smmuv3Caches.TLB, EL2_TAG)).isTrue();
        assertThat(dropsPage(0x20, 0, Smmuv3Caches.TLB, E2H_TAG)).isTrue();
        assertThat(dropsPage(0x20, 0, Smmuv3Caches.TLB, TLB_TAG)).isFalse();
        assertThat(dropsPage(ASID | 0x21, 0, Smmuv3Caches.TLB, E2H_TAG)).isTrue();
        assertThat(dropsPage(8L << 48 | 0x21, 0, Smmuv3Caches.TLB, E2H_TAG)).isFalse();
        assertThat(dropsPage(ASID | 0x22, PAGE, Smmuv3Caches.TLB, EL2_TAG)).isTrue();
        assertThat(dropsPage(ASID | 0x22, 0, Smmuv3Caches.TLB, EL2_TAG)).isFalse();
        assertThat(dropsPage(0x23, PAGE, Smmuv3Caches.TLB, E2H_TAG)).isTrue();
        assertThat(dropsPage(0x30, 0, Smmuv3Caches.TLB, EL2_TAG)).isFalse();
    }

    @Test
    void stageTwoByAddressKeepsWhatBothStagesMadeTogether() {
        long s2Ipa = VMID | 0x2A;
        assertThat(dropsPage(s2Ipa, PAGE, Smmuv3Caches.TLB, STAGE2_TAG)).isTrue();
        assertThat(dropsPage(s2Ipa, PAGE, Smmuv3Caches.STAGE2_LEAF, STAGE2_TAG)).isTrue();
        assertThat(dropsPage(s2Ipa, PAGE, Smmuv3Caches.STAGE2_WALK, STAGE2_TAG)).isTrue();
        assertThat(dropsPage(s2Ipa, PAGE | 1, Smmuv3Caches.STAGE2_WALK, STAGE2_TAG))
                .isFalse();
        assertThat(dropsPage(s2Ipa, PAGE, Smmuv3Caches.TLB, TLB_TAG)).isFalse();
        assertThat(dropsPage(3L << 32 | 0x2A, PAGE, Smmuv3Caches.TLB, STAGE2_TAG))
                .isFalse();
        assertThat(dropsPage(VMID | 0x28, 0, Smmuv3Caches.TLB, STAGE2_TAG)).isTrue();
        assertThat(dropsPage(VMID | 0x28, 0, Smmuv3Caches.TLB, TLB_TAG)).isTrue();
        assertThat(dropsPage(VMID | 0x28, 0, Smmuv3Caches.TLB, GLOBAL_TAG)).isTrue();
        assertThat(dropsPage(3L << 32 | 0x28, 0, Smmuv3Caches.TLB, TLB_TAG)).isFalse();
        assertThat(dropsPage(0x30, 0, Smmuv3Caches.TLB, TLB_TAG)).isTrue();
        assertThat(dropsPage(0x30, 0, Smmuv3Caches.STAGE2_WALK, STAGE2_TAG)).isTrue();
    }

    @Test
    void deviceInvalidationsReachOneDeviceAndItsPasids() {
        long withoutPasid = ConfigurationTag.deviceTranslation(new DmaRequest(SID, -1, PAGE, false, true));
        long pasid0 = ConfigurationTag.deviceTranslation(new DmaRequest(SID, 0, PAGE, false, true));
        long pasid5 = ConfigurationTag.deviceTranslation(new DmaRequest(SID, 5, PAGE, false, true));
        long one = SID_OPERAND | 5 << 12 | 1 << 11 | 0x40;
        assertThat(dropsPage(one, 52, Smmuv3Caches.ATC, pasid5)).isTrue();
        assertThat(dropsPage(one, 52, Smmuv3Caches.ATC, pasid0)).isFalse();
        assertThat(dropsPage(one, 52, Smmuv3Caches.ATC, withoutPasid)).isFalse();
        assertThat(dropsPage(SID_OPERAND | 0x40, 52, Smmuv3Caches.ATC, withoutPasid))
                .isTrue();
        assertThat(dropsPage(SID_OPERAND | 0x40, 52, Smmuv3Caches.ATC, pasid5)).isTrue();
        assertThat(dropsPage(one | 1 << 9, 52, Smmuv3Caches.ATC, pasid0)).isTrue();
        assertThat(dropsPage(one | 1 << 9, 52, Smmuv3Caches.ATC, withoutPasid)).isFalse();
        assertThat(dropsPage(one + (1L << 32), 52, Smmuv3Caches.ATC, pasid5)).isFalse();
        assertThat(command(one, 52).targetRequester()).isEqualTo(SID);
    }

    @Test
    void deviceInvalidationsReachAnAlignedRange() {
        long tag = SID;
        assertThat(dropsPage(SID_OPERAND | 0x40, PAGE + 0x7000 | 3, Smmuv3Caches.ATC, tag))
                .isTrue();
        assertThat(dropsPage(SID_OPERAND | 0x40, PAGE + 0x8000 | 3, Smmuv3Caches.ATC, tag))
                .isFalse();
        assertThat(dropsPage(SID_OPERAND | 0x40, PAGE, Smmuv3Caches.TLB, tag)).isFalse();
    }
}
