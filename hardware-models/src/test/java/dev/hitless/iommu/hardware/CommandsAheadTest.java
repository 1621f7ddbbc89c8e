package dev.hitless.iommu.hardware;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class CommandsAheadTest {
    private final FakeBus bus = new FakeBus();
    private final CommandsAhead ahead = new CommandsAhead(bus);

    @Test
    void commandIsTakenUnderTheNumberThatItGotAtTheDoorbell() {
        ahead.handedOver(0x1000, new long[] {1, 2}, 7, 0);

        assertThat(ahead.contains(0x1000)).isTrue();
        assertThat(ahead.take(0x1000, 1, 2)).isEqualTo(7);
        assertThat(ahead.contains(0x1000)).isFalse();
        assertThat(ahead.take(0x1000, 1, 2)).isEqualTo(CommandsAhead.NONE);
        assertThat(ahead.taken()).isEqualTo(2);
        assertThat(bus.complaints).isEmpty();
    }

    @Test
    void commandThatWasChangedAfterTheDoorbellIsMalformed() {
        ahead.handedOver(0x1000, new long[] {1, 2}, 7, 0);

        assertThat(ahead.take(0x1000, 1, 3)).isEqualTo(CommandsAhead.NONE);
        assertThat(bus.complaints).singleElement().asString().contains("0x1000 was changed after the doorbell");
    }

    @Test
    void commandThatIsHandedOverOnTopOfAnotherIsMalformed() {
        ahead.handedOver(0x1000, new long[] {1, 2}, 7, 0);
        ahead.handedOver(0x1000, new long[] {1, 2}, 8, 0);

        assertThat(bus.complaints).singleElement().asString().contains("0x1000 was overwritten");
        assertThat(ahead.take(0x1000, 1, 2)).isEqualTo(8);
    }

    @Test
    void onlyWordsThatCommandsWillWriteAreAwaited() {
        ahead.handedOver(0x1000, new long[] {1, 2}, CommandsAhead.NONE, 0x2004);
        assertThat(ahead.isAwaited(0x2000)).isTrue();
        assertThat(ahead.isAwaited(0x2008)).isFalse();

        ahead.clear();
        assertThat(ahead.isAwaited(0x2000)).isFalse();
    }
}
