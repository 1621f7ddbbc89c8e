package dev.hitless.iommu.stress;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class CrewTest {
    @Test
    @DisplayName("operations that wait for each other are noticed, by the locks and not by the clock")
    void deadlock() {
        Lock one = new ReentrantLock();
        Lock other = new ReentrantLock();
        CyclicBarrier bothHaveTheirFirst = new CyclicBarrier(2);
        Crew crew = new Crew(
                List.of(() -> takeBoth(one, other, bothHaveTheirFirst), () -> takeBoth(other, one, bothHaveTheirFirst)),
                new SplittableRandom(1));
        crew.letGo();
        Optional<String> deadlock = Optional.empty();
        while (deadlock.isEmpty()) {
            deadlock = Crew.deadlock();
        }
        assertThat(deadlock.orElseThrow()).contains("operation-0", "operation-1");
        assertThat(crew.isOver()).isFalse();
        crew.interrupt();
        while (!crew.isOver()) {
            Thread.onSpinWait();
        }
        assertThat(crew.failures()).isNotEmpty();
    }

    private static void takeBoth(Lock first, Lock second, CyclicBarrier bothHaveTheirFirst) {
        first.lock();
        try {
            bothHaveTheirFirst.await();
            second.lockInterruptibly();
            second.unlock();
        } catch (Exception e) {
            throw new IllegalStateException("interrupted", e);
        } finally {
            first.unlock();
        }
    }
}
