package dev.hitless.iommu.driver.support.queue;

import dev.hitless.iommu.api.platform.DriverLock;
import dev.hitless.iommu.driver.support.FakePlatform;
import dev.hitless.iommu.driver.support.UnderLincheck;
import java.util.ArrayList;
import java.util.List;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Validate;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/**
 * Two threads hand over batches, none of which fits the ring by itself: both wait for room, one after the other or, if the
 * ring let go of its lock meanwhile, at the same time. Hardware takes one command whenever somebody waits.
 */
public class CommandRingLincheckTest {
    private static final int ENTRIES = 2;
    private static final int BATCH = 2;

    private final FakePlatform platform = new FakePlatform();
    private final DriverLock hardwareLock = UnderLincheck.lock();
    private final FakeQueueHardware hardware = new FakeQueueHardware(platform.memory);
    private final CommandRing ring;

    /** Lincheck makes one for each schedule. */
    public CommandRingLincheckTest() {
        ring = new CommandRing(
                new RingGeometry("ring", ENTRIES, 2, 1, true, 1000),
                platform,
                UnderLincheck.lock(),
                hardware,
                new ConsumerCompletion(FakeQueueHardware.NOTHING, 0));
        hardware.base = ring.base();
        hardware.entries = ENTRIES;
        platform.whileWaiting(() -> hardwareLock.with(() -> hardware.run(1)));
    }

    private String handOver(long first) {
        List<long[]> batch = new ArrayList<>();
        for (long id = first; id < first + BATCH; id++) {
            batch.add(new long[] {FakeQueueHardware.WORK, id});
        }
        return UnderLincheck.outcome(() -> ring.submit(batch));
    }

    @Operation
    public String one() {
        return handOver(10);
    }

    @Operation
    public String other() {
        return handOver(20);
    }

    /** What hardware has taken, and what is left in the ring for it: each batch in one piece, nothing lost. */
    @Validate
    public void eachBatchInOnePiece() {
        hardware.run(ENTRIES);
        List<Long> done = hardware.done;
        if (!done.equals(List.of(10L, 11L, 20L, 21L)) && !done.equals(List.of(20L, 21L, 10L, 11L))) {
            throw new IllegalStateException("hardware was given " + done);
        }
    }

    @Test
    @DisplayName("two who wait for room get it one after the other, and their batches stay in one piece")
    void roomForTwo() {
        UnderLincheck.check(CommandRingLincheckTest.class, Specification.class, List.of("one"), List.of("other"));
    }

    /** One after the other. */
    public static class Specification {
        public String one() {
            return "OK";
        }

        public String other() {
            return "OK";
        }
    }
}
