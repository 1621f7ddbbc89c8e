package dev.hitless.iommu.driver.amdvi;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hitless.iommu.api.PageResponse;
import dev.hitless.iommu.api.Pasid;
import dev.hitless.iommu.driver.support.memory.AddressSpan;
import org.junit.jupiter.api.Test;

class CommandTest {
    @Test
    void completionWaitStoresItsDataAtTheAddress() {
        assertThat(Command.completionWait(0x1_2345_6008L, 77)).isEqualTo(new Command(0x1000_0001_2345_6009L, 77));
    }

    @Test
    void deviceTableEntryNamesTheDevice() {
        assertThat(Command.deviceTableEntry(0x0128)).isEqualTo(new Command(0x2000_0000_0000_0128L, 0));
    }

    @Test
    void pagesOfAPasidAreGuestPagesWithTheirDirectories() {
        Command command = Command.pages(TranslationTag.guest(0x1234, Pasid.of(0x8_A5F1)), AddressSpan.EVERYTHING);
        assertThat(command).isEqualTo(new Command(0x3000_1234_0008_A5F1L, 0x7FFF_FFFF_FFFF_F007L));
    }

    @Test
    void onePageOfTheHostPathHasNoSizeBit() {
        Command command = Command.pages(TranslationTag.host(3), AddressSpan.covering(0x5000, 0x1000));
        assertThat(command).isEqualTo(new Command(0x3000_0003_0000_0000L, 0x5002));
    }

    @Test
    void twoPagesAreNamedByAClearBit12() {
        Command command = Command.pages(TranslationTag.host(3), AddressSpan.covering(0x4000, 0x2000));
        assertThat(command.word1()).isEqualTo(0x4003);
    }

    @Test
    void eightPagesAreNamedByTwoOnesAndAZero() {
        Command command = Command.pages(TranslationTag.host(3), AddressSpan.covering(0x8000, 0x8000));
        assertThat(command.word1()).isEqualTo(0xB003);
    }

    @Test
    void theThreePiecesOfADevicePasidAreWhereLinuxPutsThem() {
        Command command = Command.devicePages(0x0128, 32, Pasid.of(0xA_BCDE), AddressSpan.EVERYTHING);
        assertThat(command).isEqualTo(new Command(0x4ADE_0128_20BC_0128L, 0x7FFF_FFFF_FFFF_F005L));
    }

    @Test
    void devicePagesWithoutPasidAreNoGuestPages() {
        Command command = Command.devicePages(0x20, 1, Pasid.NONE, AddressSpan.covering(0x5000, 0x1000));
        assertThat(command).isEqualTo(new Command(0x4000_0020_0100_0020L, 0x5000));
    }

    @Test
    void pageResponseCarriesGroupAndStatus() {
        PageResponse response = new PageResponse(0x20, Pasid.of(5), 0x1FF, PageResponse.Code.FAILURE);
        assertThat(Command.pageResponse(response))
                .isEqualTo(new Command(0x7000_0005_0000_0020L, 0x0000_F1FF_0000_0004L));
    }

    @Test
    void everythingNeedsNoOperands() {
        assertThat(Command.all()).isEqualTo(new Command(0x8000_0000_0000_0000L, 0));
    }

    @Test
    void addressesThatSignExtensionWouldChangeAreEverything() {
        TranslationTag tag = TranslationTag.host(1);
        Command everything = Command.pages(tag, AddressSpan.EVERYTHING);
        assertThat(Command.pages(tag, new AddressSpan(1L << 51, 0))).isEqualTo(everything);
        assertThat(Command.pages(tag, new AddressSpan(0, 39))).isEqualTo(everything);
        assertThat(Command.pages(tag, new AddressSpan((1L << 51) - 0x1000, 0)).word1() & -4096L)
                .isEqualTo((1L << 51) - 0x1000);
    }
}
