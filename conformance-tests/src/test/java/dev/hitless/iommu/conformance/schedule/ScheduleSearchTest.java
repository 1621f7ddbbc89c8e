package dev.hitless.iommu.conformance.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The search on toys, of which is known what there is to find. */
class ScheduleSearchTest {
    /** What came of one schedule. */
    private record Played(String text, Optional<String> deadlock) {}

    /** Plays everything; {@code toy} makes operations that share what it makes, and may write down what they do. */
    private static List<Played> playAll(int bound, Toy toy) {
        List<Played> played = new ArrayList<>();
        ScheduleSearch search = new ScheduleSearch(bound);
        try (Interleaver turns = new Interleaver(search)) {
            while (search.next()) {
                StringBuilder text = new StringBuilder();
                Optional<String> deadlock = turns.play(toy.operations(turns, text));
                played.add(new Played(text.toString(), deadlock));
            }
        }
        assertThat(search.schedules()).isEqualTo(played.size());
        return played;
    }

    @FunctionalInterface
    private interface Toy {
        List<Runnable> operations(Turns turns, StringBuilder text);
    }

    private static Runnable steps(Turns turns, int count, Runnable step) {
        return () -> {
            for (int i = 0; i < count; i++) {
                turns.point();
                step.run();
            }
        };
    }

    /**
     * Two operations of a and b steps can be interrupted before each step. Without preemption there are 2 orders. With one,
     * either is interrupted once, and goes on when the other has ended: a + b more. With two, the other is interrupted in
     * turn: 2 a b more.
     */
    @ParameterizedTest(name = "{0} and {1} steps, {2} preemptions: {3} schedules")
    @CsvSource({"3, 4, 0, 2", "3, 4, 1, 9", "3, 4, 2, 33", "1, 1, 2, 6", "5, 2, 1, 9", "5, 2, 2, 29"})
    void playsEverySchedule(int a, int b, int bound, int schedules) {
        List<Played> played = playAll(
                bound,
                (turns, text) ->
                        List.of(steps(turns, a, () -> text.append('a')), steps(turns, b, () -> text.append('b'))));

        assertThat(played).hasSize(schedules);
    }

    /** All interleavings of aaa and bbb are 20; each needs at most 5 preemptions. */
    @Test
    void reachesEveryInterleavingOnceTheBoundAllowsIt() {
        Function<Integer, Set<String>> texts = bound -> {
            Set<String> found = new HashSet<>();
            playAll(
                            bound,
                            (turns, text) -> List.of(
                                    steps(turns, 3, () -> text.append('a')), steps(turns, 3, () -> text.append('b'))))
                    .forEach(played -> found.add(played.text()));
            return found;
        };

        assertThat(texts.apply(0)).containsExactlyInAnyOrder("aaabbb", "bbbaaa");
        assertThat(texts.apply(1))
                .containsExactlyInAnyOrder("aaabbb", "bbbaaa", "abbbaa", "aabbba", "baaabb", "bbaaab");
        assertThat(texts.apply(5)).hasSize(20);
    }

    @Test
    void threeOperationsOneAfterTheOtherAreSixOrders() {
        List<Played> played = playAll(
                0,
                (turns, text) -> List.of(
                        steps(turns, 1, () -> text.append('a')),
                        steps(turns, 1, () -> text.append('b')),
                        steps(turns, 1, () -> text.append('c'))));

        assertThat(played).extracting(Played::text).containsExactlyInAnyOrder("abc", "acb", "bac", "bca", "cab", "cba");
    }

    @ParameterizedTest(name = "a lost update is found with {0} preemptions: {1}")
    @CsvSource({"0, false", "1, true", "2, true"})
    void findsALostUpdateOnlyWhenOperationsAreInterrupted(int bound, boolean found) {
        List<Played> played = playAll(bound, (turns, text) -> {
            int[] counter = {0};
            Runnable increment = () -> {
                turns.point();
                int read = counter[0];
                turns.point();
                counter[0] = read + 1;
                text.setLength(0);
                text.append(counter[0]);
            };
            return List.of(increment, increment);
        });

        assertThat(played.stream().anyMatch(one -> one.text().equals("1"))).isEqualTo(found);
        assertThat(played).anyMatch(one -> one.text().equals("2"));
    }

    /** A lock of which it is known who has it. */
    private static final class ToyLock {
        private final Turns turns;
        private final String name;
        private boolean taken;

        ToyLock(Turns turns, String name) {
            this.turns = turns;
            this.name = name;
        }

        void with(Runnable action) {
            turns.point();
            if (taken) {
                turns.block(name, () -> !taken);
            }
            taken = true;
            action.run();
            turns.point();
            taken = false;
        }
    }

    @Test
    void anUpdateUnderALockIsNeverLost() {
        List<Played> played = playAll(3, (turns, text) -> {
            int[] counter = {0};
            ToyLock lock = new ToyLock(turns, "counter");
            Runnable increment = () -> lock.with(() -> {
                int read = counter[0];
                turns.point();
                counter[0] = read + 1;
                text.setLength(0);
                text.append(counter[0]);
            });
            return List.of(increment, increment);
        });

        assertThat(played)
                .allMatch(one -> one.text().equals("2") && one.deadlock().isEmpty());
    }

    @ParameterizedTest(name = "with {0} preemptions: {1}")
    @CsvSource({"0, false", "1, true"})
    @DisplayName("two locks in opposite orders end in a deadlock, which names who waits for what")
    void deadlock(int bound, boolean found) {
        List<Played> played = playAll(bound, (turns, text) -> {
            ToyLock first = new ToyLock(turns, "first");
            ToyLock second = new ToyLock(turns, "second");
            return List.of(
                    () -> first.with(() -> second.with(() -> text.append('a'))),
                    () -> second.with(() -> first.with(() -> text.append('b'))));
        });

        Set<String> deadlocks = new HashSet<>();
        played.forEach(one -> one.deadlock().ifPresent(deadlocks::add));
        if (found) {
            assertThat(deadlocks).containsExactly("operation 1 waits for second; operation 2 waits for first");
        } else {
            assertThat(deadlocks).isEmpty();
        }
        assertThat(played).anyMatch(one -> one.text().length() == 2);
    }

    @Test
    void whoPollsForAnotherIsSwitchedAwayFromWithoutAPreemptionAndNeverTimesOut() {
        List<Played> played = playAll(0, (turns, text) -> {
            boolean[] ready = {false};
            return List.of(
                    () -> {
                        while (!turns.poll(() -> ready[0])) {
                            text.append(turns.letOthersAct("ready") ? "" : "time out ");
                        }
                        text.append("seen");
                    },
                    () -> {
                        turns.point();
                        ready[0] = true;
                    });
        });

        assertThat(played).extracting(Played::text).containsExactly("seen", "seen");
    }

    @Test
    void whoPollsForWhatNobodyWillDoTimesOut() {
        List<Played> played = playAll(1, (turns, text) -> {
            Consumer<String> poll = name -> {
                for (int i = 0; i < 2; i++) {
                    while (turns.letOthersAct("godot")) {
                        text.append("");
                    }
                    text.append(name);
                }
            };
            return List.of(() -> poll.accept("a"), () -> poll.accept("b"));
        });

        assertThat(played)
                .allMatch(one -> one.deadlock().isEmpty() && one.text().length() == 4);
    }

    @Test
    void anExceptionOfAnOperationIsThrown() {
        ScheduleSearch search = new ScheduleSearch(0);
        try (Interleaver turns = new Interleaver(search)) {
            search.next();
            assertThatThrownBy(() -> turns.play(List.of(
                            () -> {
                                throw new IllegalArgumentException("planted");
                            },
                            turns::point)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("planted");
        }
    }

    @Test
    void noticesThatWhatIsPlayedDoesNotDependOnTheScheduleAlone() {
        int[] runs = {0};
        assertThatThrownBy(() -> playAll(1, (turns, text) -> {
                    runs[0]++;
                    boolean odd = runs[0] % 2 == 1;
                    return odd
                            ? List.of(steps(turns, 2, () -> {}), steps(turns, 2, () -> {}))
                            : List.of(steps(turns, 2, () -> {}), steps(turns, 2, () -> {}), () -> {});
                }))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("does not depend on the schedule alone");
    }

    @Test
    void lessThanNoPreemptionIsRefused() {
        assertThatThrownBy(() -> new ScheduleSearch(-1)).hasMessageContaining("-1");
    }
}
