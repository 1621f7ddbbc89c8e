package dev.hitless.iommu.driver.smmuv3;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hitless.iommu.api.PageResponse;
import dev.hitless.iommu.api.Pasid;
import dev.hitless.iommu.driver.support.memory.AddressSpan;
import dev.hitless.iommu.driver.support.update.EntryContent;
import org.junit.jupiter.api.Test;

/** Commands and entries bit by bit, with numbers worked out by hand from IHI 0070. */
class EncodingTest {
    private static Command command(long word0, long word1) {
        return new Command(word0, word1);
    }

    @Test
    void configurationCommandsNameStreamsAndSubstreams() {
        assertThat(Command.configOfStream(0x128)).isEqualTo(command(0x0000_0128_0000_0003L, 1));
        assertThat(Command.configOfStreams(0x128, 6)).isEqualTo(command(0x0000_0100_0000_0004L, 5));
        assertThat(Command.allConfig()).isEqualTo(command(4, 31));
        assertThat(Command.contextDescriptor(0x20, 0x4C5, true)).isEqualTo(command(0x0000_0020_004C_5005L, 1));
        assertThat(Command.contextDescriptor(0x20, 0x4C5, false)).isEqualTo(command(0x0000_0020_004C_5005L, 0));
        assertThat(Command.contextDescriptors(0x20)).isEqualTo(command(0x0000_0020_0000_0006L, 0));
    }

    @Test
    void streamIdsOf32BitsDoNotSpillOver() {
        assertThat(Command.configOfStream(0xFFFF_FFFE)).isEqualTo(command(0xFFFF_FFFE_0000_0003L, 1));
    }

    @Test
    void translationCommandsNameAsidsAndVmids() {
        assertThat(Command.asid(0, 0xABCD)).isEqualTo(command(0xABCD_0000_0000_0011L, 0));
        assertThat(Command.allOfVmid(0xABCD)).isEqualTo(command(0x0000_ABCD_0000_0028L, 0));
        assertThat(Command.pageOfAsid(0, 1, 0x1234_5678, true)).isEqualTo(command(0x0001_0000_0000_0012L, 0x1234_5001));
        assertThat(Command.pageOfVmid(1, 0x1234_5000, false)).isEqualTo(command(0x0000_0001_0000_002AL, 0x1234_5000));
        assertThat(Command.rangeOfAsid(0, 1, new TlbRange(0x1000, 3, 4), true))
                .isEqualTo(command(0x0001_0000_0030_4012L, 0x1401));
        assertThat(Command.rangeOfVmid(1, new TlbRange(0x1000, 3, 4), false))
                .isEqualTo(command(0x0000_0001_0030_402AL, 0x1400));
        assertThat(Command.allTranslations()).isEqualTo(command(0x30, 0));
    }

    @Test
    void deviceCommandsSayWhetherThereIsAPasid() {
        assertThat(Command.deviceTranslations(0x20, Pasid.of(5), AddressSpan.EVERYTHING))
                .isEqualTo(command(0x0000_0020_0000_5840L, 52));
        assertThat(Command.deviceTranslations(0x20, Pasid.NONE, new AddressSpan(0x2000, 1)))
                .isEqualTo(command(0x0000_0020_0000_0040L, 0x2001));
        assertThat(Command.pageResponse(new PageResponse(0x20, Pasid.of(5), 7, PageResponse.Code.SUCCESS)))
                .isEqualTo(command(0x0000_0020_0000_5841L, 0x2007));
        assertThat(Command.abortStalled(0x20, 9)).isEqualTo(command(0x0000_0020_0000_2044L, 9));
        assertThat(Command.SYNC).isEqualTo(command(0x46, 0));
    }

    @Test
    void contextDescriptorHoldsTableAndAsid() {
        EntryContent descriptor = ContextDescriptor.of(Hardware.full(), 0x7CD, 0x1_2345_6000L, 39, 0xFF);

        assertThat(descriptor.word(0)).isEqualTo(0x07CD_E205_C000_3519L);
        assertThat(descriptor.word(1)).isEqualTo(0x1_2345_6000L);
        assertThat(descriptor.word(3)).isEqualTo(0xFF);
    }

    @Test
    void releasedDescriptorWalksNothingAndReportsNothing() {
        EntryContent descriptor =
                ContextDescriptor.released(ContextDescriptor.of(Hardware.full(), 0x7CD, 0x1_2345_6000L, 39, 0xFF));

        assertThat(descriptor.word(0)).isEqualTo(0x07CD_C205_C000_4000L);
        assertThat(descriptor.word(1)).isZero();
    }

    @Test
    void stage2EntryHoldsTableAndVmid() {
        EntryContent entry =
                new StreamTableEntries(Hardware.full()).stage2(new StageTwoTable(5, 0x7_0000, 40, 3), true);

        assertThat(entry.word(0)).isEqualTo(0xD);
        assertThat(entry.word(1)).isEqualTo(0x1000_1000_0000L);
        assertThat(entry.word(2)).isEqualTo(0x044D_3558_0000_0005L);
        assertThat(entry.word(3)).isEqualTo(0x7_0000);
    }

    @Test
    void forcedStallIsSaidInEntriesOfBothStages() {
        HardwareCapabilities forced = Hardware.of(Hardware.FULL | 2 << 24, Hardware.IDR1);

        EntryContent entry = new StreamTableEntries(forced).stage2(new StageTwoTable(5, 0x7_0000, 40, 3), false);
        assertThat(entry.word(2) & StreamTableEntry.S2S).isNotZero();
        EntryContent descriptor = ContextDescriptor.of(forced, 5, 0x7_0000, 39, 0xFF);
        assertThat(descriptor.word(0) & ContextDescriptor.STALL).isNotZero();
    }

    /** With S2S = 1 full ATS is illegal; with Config = bypass translation requests are refused. */
    @Test
    void atsIsOnlyUsedWhereItCanStayOn() {
        int withoutSubstreams = Hardware.IDR1 & ~(31 << 6);

        assertThat(Hardware.full().ats()).isTrue();
        assertThat(Hardware.of(Hardware.FULL | 2 << 24, Hardware.IDR1).ats()).isFalse();
        assertThat(Hardware.of(Hardware.FULL, withoutSubstreams).ats()).isFalse();
        assertThat(Hardware.of(Hardware.FULL & ~2, Hardware.IDR1).ats()).isFalse();
    }
}
