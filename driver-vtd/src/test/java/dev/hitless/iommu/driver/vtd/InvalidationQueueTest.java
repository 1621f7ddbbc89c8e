package dev.hitless.iommu.driver.vtd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hitless.iommu.api.Errno;
import dev.hitless.iommu.api.IommuException;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class InvalidationQueueTest {
    private final FakeUnit unit = FakeUnit.withEverything();
    private final InvalidationQueue queue = new InvalidationQueue(unit, new GlobalCommand(unit));

    @BeforeEach
    void enable() {
        queue.enable();
    }

    private static List<InvalidationDescriptor> descriptors(int count) {
        return IntStream.range(2, 2 + count)
                .mapToObj(InvalidationDescriptor::translationsOfDomain)
                .toList();
    }

    @Test
    void theRingWrapsAround() {
        for (int i = 0; i < 300; i++) {
            unit.executed.clear();
            queue.execute(descriptors(2));
            assertThat(unit.executed).isEqualTo(descriptors(2));
        }
    }

    @Test
    void aLongSubmissionWaitsForRoom() {
        queue.execute(descriptors(1000));
        assertThat(unit.executed).isEqualTo(descriptors(1000));
    }

    @Test
    void whatIsRejectedIsOverwrittenAndAskedForAgain() {
        unit.moods.add(FakeUnit.Mood.REJECTS);
        queue.execute(descriptors(3));
        // The first of the three was overwritten before the rest ran.
        assertThat(unit.executed.subList(unit.executed.size() - 3, unit.executed.size()))
                .isEqualTo(descriptors(3));
        assertThat(unit.registers[0x34]).isZero();
    }

    @Test
    void whatIsRejectedThreeTimesIsAnError() {
        // Each attempt has the wait that overwrites the descriptor rejected too.
        unit.moods.addAll(Collections.nCopies(6, FakeUnit.Mood.REJECTS));
        assertThatThrownBy(() -> queue.execute(descriptors(1)))
                .isInstanceOfSatisfying(
                        IommuException.class, e -> assertThat(e.errno()).isEqualTo(Errno.EIO));
        queue.execute(descriptors(2));
        assertThat(unit.executed).endsWith(descriptors(2).toArray(InvalidationDescriptor[]::new));
    }

    @Test
    void aDeviceThatDoesNotAnswerIsATimeOut() {
        unit.moods.addAll(Collections.nCopies(3, FakeUnit.Mood.DEVICE_SILENT));
        assertThatThrownBy(() -> queue.execute(descriptors(1)))
                .isInstanceOfSatisfying(
                        IommuException.class, e -> assertThat(e.errno()).isEqualTo(Errno.ETIMEDOUT));
        queue.execute(descriptors(1));
    }

    @Test
    void aQueueThatShowsNoProgressIsSwitchedOffAndOn() {
        unit.moods.add(FakeUnit.Mood.DEAD);
        queue.execute(descriptors(1));
        assertThat(unit.executed).isEqualTo(descriptors(1));
        // QIE: on, off, on.
        assertThat(unit.log.stream().filter(line -> line.startsWith("write32 18")))
                .containsExactly("write32 18 4000000", "write32 18 0", "write32 18 4000000");
    }

    @Test
    void theTailIsWrittenAfterTheDescriptors() {
        int mark = unit.log.size();
        queue.execute(descriptors(1));
        List<String> log = unit.log.subList(mark, unit.log.size());
        assertThat(log.get(7)).startsWith("store64");
        assertThat(log.get(8)).isEqualTo("barrier");
        assertThat(log.get(9)).isEqualTo("write64 88 40");
    }

    @Test
    void pageRequestsAreDrainedByTheLastWaitOnly() {
        int mark = unit.log.size();
        queue.execute(descriptors(1));
        queue.executeAndDrainPageRequests(descriptors(40));
        List<String> waits = unit.log.subList(mark, unit.log.size()).stream()
                .filter(line -> line.matches("store64 \\S+ [0-9a-f]+000000[2a]5"))
                .toList();
        assertThat(waits).hasSize(2);
        assertThat(waits.get(0)).endsWith("25");
        assertThat(waits.get(1)).endsWith("a5");
    }
}
