package dev.hitless.iommu.driver.support.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hitless.iommu.api.Errno;
import dev.hitless.iommu.api.IommuException;
import dev.hitless.iommu.driver.support.FakeLock;
import dev.hitless.iommu.driver.support.FakePlatform;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class CommandRingTest {
    private static final int ENTRIES = 8;

    private static final long[] ILLEGAL = {FakeQueueHardware.ILLEGAL, 0};

    /** The ways in which completion is told. */
    enum Style {
        WORDS_32,
        WORD_64,
        CONSUMER
    }

    private final FakePlatform platform = new FakePlatform();
    private final FakeQueueHardware hardware = new FakeQueueHardware(platform.memory);
    private final FakeLock lock = new FakeLock();

    private CommandRing ring(Style style, int reserved) {
        CompletionStyle completion =
                switch (style) {
                    case WORDS_32 -> CompletionWords.create(platform.memory, ENTRIES, 32, FakeQueueHardware::fence);
                    case WORD_64 -> CompletionWords.create(platform.memory, 1, 64, FakeQueueHardware::fence);
                    case CONSUMER -> new ConsumerCompletion(FakeQueueHardware.NOTHING, 0);
                };
        RingGeometry geometry = new RingGeometry("test queue", ENTRIES, 2, reserved, true, 1000);
        CommandRing ring = new CommandRing(geometry, platform, lock, hardware, completion);
        hardware.base = ring.base();
        hardware.entries = ENTRIES;
        platform.whileWaiting(() -> hardware.run(4));
        return ring;
    }

    private static List<long[]> work(long... ids) {
        List<long[]> commands = new ArrayList<>();
        LongStream.of(ids).forEach(id -> commands.add(new long[] {FakeQueueHardware.WORK, id}));
        return commands;
    }

    @ParameterizedTest
    @EnumSource
    void everythingIsDoneInOrderOnReturnOverManyRounds(Style style) {
        CommandRing ring = ring(style, 1);
        List<Long> given = new ArrayList<>();
        for (long i = 0; i < 100; i++) {
            ring.execute(work(LongStream.rangeClosed(i * 10, i * 10 + i % 4).toArray()));
            LongStream.rangeClosed(i * 10, i * 10 + i % 4).forEach(given::add);

            assertThat(hardware.done).isEqualTo(given);
        }
        assertThat(lock.isHeld()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void batchLongerThanTheRingWaitsForRoomAndNeverFillsTheLastEntry(int reserved) {
        CommandRing ring = ring(Style.CONSUMER, reserved);
        int[] longest = {0};
        platform.whileWaiting(() -> {
            longest[0] = Math.max(longest[0], (int) (hardware.tail - hardware.head));
            hardware.run(1);
        });

        ring.execute(work(LongStream.range(0, 30).toArray()));

        assertThat(hardware.done).hasSize(30);
        assertThat(longest[0]).isEqualTo(ENTRIES - reserved);
    }

    @ParameterizedTest
    @EnumSource
    void nobodyTakesTheCompletionOfAnother(Style style) {
        CommandRing ring = ring(style, 1);
        platform.whileWaiting(() -> {});
        Ticket first = ring.submit(work(1));
        Ticket second = ring.submit(work(2));
        hardware.run(2);

        ring.await(first);
        assertErrno(Errno.ETIMEDOUT, () -> ring.await(second));
    }

    @ParameterizedTest
    @EnumSource
    void laterCompletionsStandForEarlierOnes(Style style) {
        CommandRing ring = ring(style, 1);
        Ticket first = ring.submit(work(1));
        Ticket second = ring.submit(work(2));

        ring.await(second);
        hardware.loseFences = true;
        ring.await(first);

        assertThat(hardware.done).containsExactly(1L, 2L);
    }

    @ParameterizedTest
    @EnumSource
    void hardwareThatDoesNotAnswerIsATimeOutAndNotASuccess(Style style) {
        CommandRing ring = ring(style, 1);
        platform.whileWaiting(() -> {});

        assertErrno(Errno.ETIMEDOUT, () -> ring.execute(work(1)));
        assertErrno(
                Errno.ETIMEDOUT, () -> ring.execute(work(LongStream.range(0, 30).toArray())));
        assertThat(lock.isHeld()).isFalse();
    }

    @Test
    void severalRejectedCommandsOfOneBatchAreAllGotOutOfTheWay() {
        CommandRing ring = ring(Style.WORD_64, 1);
        Ticket innocent = ring.submit(work(1));
        List<long[]> commands = new ArrayList<>(List.of(new long[] {FakeQueueHardware.ILLEGAL, 0}));
        commands.add(new long[] {FakeQueueHardware.ILLEGAL, 1});
        commands.addAll(work(2));

        assertErrno(Errno.EIO, () -> ring.execute(commands));
        ring.await(innocent);
        assertThat(hardware.done).containsExactly(1L, 2L);
        assertThat(hardware.restarts).isZero();
    }

    @ParameterizedTest
    @EnumSource(names = {"WORDS_32", "WORD_64"})
    void fencesThatHardwareHasTakenAndNotCompletedAreVoidAndOthersAreNot(Style style) {
        CommandRing ring = ring(style, 1);
        platform.whileWaiting(() -> {});
        Ticket complete = ring.submit(work(1));
        hardware.run(2);
        hardware.loseFences = true;
        Ticket taken = ring.submit(work(2));
        hardware.run(2);
        Ticket later = ring.submit(work(3));
        hardware.loseFences = false;
        hardware.failure = Optional.of(new QueueFailure(Errno.ETIMEDOUT, "silent", QueueFailure.Scope.TAKEN));
        platform.whileWaiting(() -> hardware.run(1));

        assertErrno(Errno.ETIMEDOUT, () -> ring.await(taken));
        ring.await(complete);
        ring.await(later);
        assertThat(hardware.restarts).isZero();
        assertThat(hardware.done).containsExactly(1L, 2L, 3L);
    }

    @Test
    void startingAnewAtSlot0KeepsPositionsApart() {
        CommandRing ring = ring(Style.CONSUMER, 1);
        hardware.startsAtSlot0 = true;
        ring.execute(work(1));
        platform.whileWaiting(() -> {});
        Ticket lost = ring.submit(work(2));
        Ticket lostToo = ring.submit(work(3));
        assertErrno(Errno.ETIMEDOUT, () -> ring.await(lost));
        platform.whileWaiting(() -> hardware.run(1));
        ring.execute(work(4));

        assertErrno(Errno.ETIMEDOUT, () -> ring.await(lostToo));
        assertThat(hardware.done).containsExactly(1L, 4L);
    }

    @Test
    void hardwareThatDidNotStartAnewIsStartedBeforeTheNextBatch() {
        CommandRing ring = ring(Style.WORD_64, 1);
        hardware.startsAtSlot0 = true;
        ring.execute(work(1));
        platform.whileWaiting(() -> {});
        hardware.stuckOnError = true;
        assertErrno(Errno.ETIMEDOUT, () -> ring.execute(work(2)));
        assertErrno(Errno.ETIMEDOUT, () -> ring.execute(work(3)));
        hardware.stuckOnError = false;
        platform.whileWaiting(() -> hardware.run(4));

        ring.execute(work(4));
        assertThat(hardware.done).containsExactly(1L, 4L);
        assertThat(lock.isHeld()).isFalse();
    }

    @Test
    void oneBarrierAndOneDoorbellForABatch() {
        CommandRing ring = ring(Style.WORD_64, 1);
        platform.memory.clearLog();
        ring.execute(work(1, 2, 3));
        assertThat(platform.memory.log().stream().filter("barrier"::equals)).hasSize(1);
    }

    @Test
    void nothingToDoIsNotWaitedFor() {
        CommandRing ring = ring(Style.WORD_64, 1);
        platform.whileWaiting(() -> {});
        ring.execute(List.of());
        assertThat(hardware.tail).isZero();
    }

    @Test
    void whatFailsIsAskedForAgainAndAllThatWentWrongIsTold() {
        List<Integer> calls = new ArrayList<>();
        Runnable failing = () -> {
            calls.add(calls.size());
            if (calls.size() < 3) {
                throw new IommuException(Errno.EIO, "failure " + calls.size());
            }
        };
        new Attempts(3).run(failing);
        assertThat(calls).hasSize(3);

        calls.clear();
        assertThatThrownBy(() -> new Attempts(2).run(failing))
                .hasMessageContaining("failure 2")
                .satisfies(e -> assertThat(e.getSuppressed()).hasSize(1));
        assertThatThrownBy(() -> new Attempts(0)).hasMessageContaining("0 attempts");
    }

    @Test
    void whatMustNotBeDoneTwiceIsAskedForAgainOnlyIfItWasRejected() {
        List<Integer> calls = new ArrayList<>();
        new Attempts(3).runAtMostOnce(() -> {
            calls.add(calls.size());
            if (calls.size() < 3) {
                throw new CommandRejectedException("rejected");
            }
        });
        assertThat(calls).hasSize(3);

        calls.clear();
        assertErrno(Errno.EIO, () -> new Attempts(3).runAtMostOnce(() -> {
            calls.add(calls.size());
            throw new IommuException(Errno.EIO, "anything else");
        }));
        assertThat(calls).hasSize(1);
    }

    @ParameterizedTest
    @EnumSource
    void commandThatWasRejectedItselfIsToldFromOneWhoseFenceWas(Style style) {
        CommandRing ring = ring(style, 1);
        assertThatThrownBy(() -> ring.execute(FakeQueueHardware.ILLEGAL, 0))
                .isInstanceOf(CommandRejectedException.class);

        assertThatThrownBy(() -> ring.await(ring.submit(work(1), fence -> ILLEGAL)))
                .isInstanceOfSatisfying(
                        IommuException.class, e -> assertThat(e.errno()).isEqualTo(Errno.EIO))
                .isNotInstanceOf(CommandRejectedException.class);
        assertThat(hardware.done).containsExactly(1L);
    }

    /** Else the next batch would meet hardware that has stopped before it, and be lost. */
    @ParameterizedTest
    @EnumSource
    void whoHearsThatHisFenceWasRejectedLeavesHardwareRunning(Style style) {
        CommandRing ring = ring(style, 1);
        hardware.eager = true;
        hardware.rejectsFrom = 1;
        assertErrno(Errno.EIO, () -> ring.execute(work(1)));

        hardware.rejectsFrom = Long.MAX_VALUE;
        ring.execute(work(2));
        assertThat(hardware.done).containsExactly(1L, 2L);
    }

    @Test
    void whatWasGivenUpIsNotCarriedOutLater() {
        CommandRing ring = ring(Style.WORD_64, 1);
        platform.whileWaiting(() -> {});
        assertErrno(Errno.ETIMEDOUT, () -> ring.execute(work(1)));
        Ticket second = ring.submit(work(2));

        hardware.run(2);
        ring.await(second);
        assertThat(hardware.done).containsExactly(2L);
    }

    @ParameterizedTest
    @EnumSource
    void rejectedCommandFailsItsBatchAndNoOther(Style style) {
        CommandRing ring = ring(style, 1);
        Ticket before = ring.submit(work(1));
        List<long[]> bad = new ArrayList<>(work(2));
        bad.add(new long[] {FakeQueueHardware.ILLEGAL, 0});
        Ticket rejected = ring.submit(bad);
        Ticket after = ring.submit(work(3));

        ring.await(after);
        ring.await(before);
        assertThatThrownBy(() -> ring.await(rejected))
                .isInstanceOfSatisfying(
                        IommuException.class, e -> assertThat(e.errno()).isEqualTo(Errno.EIO))
                .hasMessageContaining("test queue: illegal, in commands 2..4");
        assertThat(hardware.done).containsExactly(1L, 2L, 3L);
        ring.execute(work(4));
    }

    @Test
    void rejectedCommandInFrontOfAFullRingIsGotOutOfTheWay() {
        CommandRing ring = ring(Style.CONSUMER, 1);
        List<long[]> commands = new ArrayList<>(List.of(new long[] {FakeQueueHardware.ILLEGAL, 0}));
        commands.addAll(work(LongStream.range(0, 20).toArray()));

        assertErrno(Errno.EIO, () -> ring.execute(commands));
        assertThat(hardware.done).hasSize(20);
        ring.execute(work(100));
    }

    @ParameterizedTest
    @EnumSource
    void failureThatLosesEverythingPendingFailsEveryWaiter(Style style) {
        CommandRing ring = ring(style, 1);
        hardware.scope = QueueFailure.Scope.ALL_PENDING;
        Ticket first = ring.submit(List.<long[]>of(new long[] {FakeQueueHardware.ILLEGAL, 0}));
        Ticket second = ring.submit(work(2));

        assertErrno(Errno.EIO, () -> ring.await(first));
        assertErrno(Errno.EIO, () -> ring.await(second));
        ring.execute(work(3));
        assertThat(hardware.done).containsExactly(3L);
    }

    @Test
    void errorThatCannotBeClearedIsGivenUpOn() {
        CommandRing ring = ring(Style.CONSUMER, 1);
        hardware.stuckOnError = true;

        assertErrno(Errno.ETIMEDOUT, () -> ring.execute(FakeQueueHardware.ILLEGAL, 0));
    }

    @ParameterizedTest
    @EnumSource
    void hardwareThatIsStuckIsStartedAnewAndWhoeverWaitsHearsOfIt(Style style) {
        CommandRing ring = ring(style, 1);
        platform.whileWaiting(() -> {});
        Ticket first = ring.submit(work(1));
        Ticket second = ring.submit(work(2));

        assertErrno(Errno.ETIMEDOUT, () -> ring.await(first));
        assertErrno(Errno.ETIMEDOUT, () -> ring.await(second));
        assertThat(hardware.restarts).isEqualTo(1);
        assertThat(hardware.done).isEmpty();
    }

    @Test
    void consumerIndexThatCannotBeIsAnError() {
        CommandRing ring = ring(Style.CONSUMER, 1);
        hardware.head = 5;

        assertThatThrownBy(() -> ring.execute(work(1)))
                .hasMessageContaining("slot 5")
                .hasMessageContaining("gone");
        assertThat(lock.isHeld()).isFalse();
    }

    @Test
    void wordsOf32BitsSurviveWrapAround() {
        CompletionWords words = CompletionWords.create(platform.memory, 2, 32, FakeQueueHardware::fence);
        long wrapped = 1L << 32;
        long[] fence = words.fence(wrapped);
        assertThat(fence[1]).isZero();
        long address = fence[0] >>> 4;

        platform.memory.store64(address, 0xFFFF_FFFEL);
        assertThat(words.isReached(wrapped, 0, () -> 0)).isFalse();
        platform.memory.store64(address, 0);
        assertThat(words.isReached(wrapped, 0, () -> 0)).isTrue();
        assertThat(words.isReached(wrapped - 2, 0, () -> 0)).isTrue();
    }

    @Test
    void commandsAndShapesThatDoNotFitAreRefused() {
        CommandRing ring = ring(Style.CONSUMER, 1);
        assertThatThrownBy(() -> ring.execute(1L)).hasMessageContaining("a command of 1 words");
        assertThatThrownBy(() -> new RingGeometry("q", 12, 2, 1, true, 1)).hasMessageContaining("12 entries");
        assertThatThrownBy(() -> new RingGeometry("q", 8, 0, 1, true, 1)).hasMessageContaining("0 words");
        assertThatThrownBy(() -> new RingGeometry("q", 8, 2, 8, true, 1)).hasMessageContaining("8 of 8");
        assertThatThrownBy(() -> CompletionWords.create(platform.memory, 3, 32, FakeQueueHardware::fence))
                .hasMessageContaining("3 completion words");
    }

    private static void assertErrno(Errno errno, org.assertj.core.api.ThrowableAssert.ThrowingCallable call) {
        assertThatThrownBy(call).isInstanceOfSatisfying(IommuException.class, e -> assertThat(e.errno())
                .isEqualTo(errno));
    }
}
