package dev.hitless.iommu.driver.amdvi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hitless.iommu.api.Errno;
import dev.hitless.iommu.api.IommuException;
import dev.hitless.iommu.api.Pasid;
import dev.hitless.iommu.conformance.trace.Recording;
import dev.hitless.iommu.conformance.trace.TraceEvent;
import dev.hitless.iommu.driver.support.memory.AddressSpan;
import java.util.List;
import org.junit.jupiter.api.Test;

/** On the hardware model. */
class CommandBufferTest {
    private static final Command BAD =
            new Command(Command.deviceTableEntry(0x20).words()[0] | 1L << 40, 0);

    private final ModelledUnit unit = new ModelledUnit();
    private final CommandBuffer commands = unit.driver.unit().commands();

    private static Command good(int domainId) {
        return Command.pages(TranslationTag.guest(domainId, Pasid.of(1)), AddressSpan.EVERYTHING);
    }

    private Recording executed(Command... batch) {
        return unit.platform.record("commands", () -> commands.executeOnce(List.of(batch)));
    }

    private static long observed(Recording recording) {
        return recording.trace().events().stream()
                .filter(TraceEvent.Observed.class::isInstance)
                .count();
    }

    private static boolean timedOut(Recording recording) {
        return recording.trace().events().stream().anyMatch(TraceEvent.TimedOut.class::isInstance);
    }

    @Test
    void severalBadCommandsInOneSubmissionAreRejectedAndTheRestIsCarriedOut() {
        Recording recording = executed(good(1), BAD, BAD, good(2), BAD, good(3));

        assertThat(recording.failure().orElseThrow())
                .isInstanceOfSatisfying(
                        IommuException.class, e -> assertThat(e.errno()).isEqualTo(Errno.EIO));
        assertThat(timedOut(recording)).isFalse();
        assertThat(observed(recording)).isEqualTo(3);
        assertThat(executed(good(4)).failure()).isEmpty();
    }

    @Test
    void badCommandsThatAreTriedAgainAreRejectedAgain() {
        assertThatThrownBy(() -> commands.execute(List.of(BAD, BAD)))
                .hasMessageContaining("CmdBufRun")
                .satisfies(e -> assertThat(e.getSuppressed()).hasSize(1));
        assertThat(executed(good(1)).failure()).isEmpty();
    }

    @Test
    void batchLongerThanTheBufferIsCarriedOut() {
        Command[] batch = new Command[1500];
        for (int i = 0; i < batch.length; i++) {
            batch[i] = good(i);
        }
        Recording recording = executed(batch);
        assertThat(recording.failure()).isEmpty();
        assertThat(observed(recording)).isEqualTo(1500);
    }
}
