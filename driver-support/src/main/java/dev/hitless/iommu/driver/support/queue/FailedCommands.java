package dev.hitless.iommu.driver.support.queue;

import dev.hitless.iommu.api.IommuException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Predicate;

/** Which commands failed, until everyone who has to know was told. Guarded by the ring's lock. */
final class FailedCommands {
    /** Positions first..last. */
    private record Range(long first, long last, QueueFailure failure) {}

    private final List<Range> ranges = new ArrayList<>();
    private final TreeMap<Long, Ticket> outstanding = new TreeMap<>();

    void opened(Ticket ticket) {
        outstanding.put(ticket.firstPosition(), ticket);
    }

    /** Positions {@code first} to {@code last} failed; none if {@code last} is before {@code first}. */
    void add(long first, long last, QueueFailure failure) {
        if (first <= last) {
            ranges.add(new Range(first, last, failure));
        }
    }

    /** First position of the oldest ticket that somebody waits for and that is not reached; {@code fallback} if none. */
    long oldest(Predicate<Ticket> isReached, long fallback) {
        return outstanding.values().stream()
                .filter(isReached.negate())
                .mapToLong(Ticket::firstPosition)
                .findFirst()
                .orElse(fallback);
    }

    /** What happened to the ticket's commands, or nothing; {@code queue} is for people. */
    Optional<IommuException> of(Ticket ticket, String queue) {
        return ranges.stream()
                .filter(range -> range.first <= ticket.fencePosition() && range.last >= ticket.firstPosition())
                .map(Range::failure)
                .findFirst()
                .map(failure -> exception(
                        failure,
                        ticket,
                        queue + ": " + failure.description() + ", in commands " + ticket.firstPosition() + ".."
                                + ticket.fencePosition()));
    }

    private IommuException exception(QueueFailure failure, Ticket ticket, String detail) {
        return isRejected(ticket) ? new CommandRejectedException(detail) : new IommuException(failure.errno(), detail);
    }

    /** Whether one of the ticket's commands, its fence apart, was rejected by itself. */
    private boolean isRejected(Ticket ticket) {
        return ranges.stream()
                .anyMatch(range -> range.failure.scope() == QueueFailure.Scope.ONE_COMMAND
                        && range.first == range.last
                        && range.first >= ticket.firstPosition()
                        && range.first < ticket.fencePosition());
    }

    /** Whether the ticket's fence was lost, so that it will never be reached. */
    boolean isFenceLost(Ticket ticket) {
        return ranges.stream()
                .anyMatch(range -> range.first <= ticket.fencePosition() && range.last >= ticket.fencePosition());
    }

    /** The ticket is settled; forgets failures that nobody waits for any more. */
    void closed(Ticket ticket) {
        outstanding.remove(ticket.firstPosition());
        long oldest = outstanding.isEmpty() ? Long.MAX_VALUE : outstanding.firstKey();
        ranges.removeIf(range -> range.last < oldest);
    }
}
