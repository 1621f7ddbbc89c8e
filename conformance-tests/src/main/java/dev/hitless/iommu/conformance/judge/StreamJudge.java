package dev.hitless.iommu.conformance.judge;

import dev.hitless.iommu.api.ReplaceGuarantee;
import dev.hitless.iommu.conformance.machine.Expected;
import dev.hitless.iommu.conformance.observe.Observer;
import dev.hitless.iommu.conformance.observe.Outcome;
import dev.hitless.iommu.conformance.observe.Stream;
import dev.hitless.iommu.conformance.rules.Rule;
import dev.hitless.iommu.hardware.DmaRequest;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** Judges what the requests of every stream met. */
final class StreamJudge {
    private final Operation operation;
    private final Observer observer;
    private final Tables tables;
    private final Blame blame;
    private final FindingList findings;
    private final boolean succeeded;
    private final int end;
    private final Set<Watched> leftovers = new HashSet<>();
    private boolean blocked;
    private boolean torn;

    StreamJudge(Operation operation, Observer observer, Tables tables, Blame blame, FindingList findings) {
        this.operation = operation;
        this.observer = observer;
        this.tables = tables;
        this.blame = blame;
        this.findings = findings;
        this.succeeded = operation.trace().succeeded();
        this.end = operation.trace().end();
    }

    boolean sawBlocked() {
        return blocked;
    }

    boolean sawTorn() {
        return torn;
    }

    void judge() {
        for (Watched watched : operation.streams()) {
            if (watched.subject() && succeeded && meetsOldTranslation(watched)) {
                leftovers.add(watched);
            }
            for (long iova : operation.probes()) {
                judge(watched, iova, false);
                judge(watched, iova, true);
            }
        }
    }

    /**
     * Whether an old translation can still be met at the end. If so, the old domain is left over; if not, what is met
     * instead of a new translation is a copy of an entry that was not present.
     */
    private boolean meetsOldTranslation(Watched watched) {
        for (long iova : operation.probes()) {
            DmaRequest request = watched.stream().request(iova, false, false);
            Outcome old = tables.before(request);
            if (old.isTranslated()
                    && !old.equals(tables.after(request))
                    && observer.outcomes(end, watched.stream(), iova, false).contains(old)) {
                return true;
            }
        }
        return false;
    }

    private void judge(Watched watched, long iova, boolean write) {
        DmaRequest request = watched.stream().request(iova, write, false);
        compareWithIntention(watched, request);
        Outcome old = tables.before(request);
        Outcome replacement = tables.after(request);
        int[] instants = observer.instants();
        if (write && sameForReads(watched, iova)) {
            return;
        }
        if (observer.isUndisturbed(watched.stream(), iova) && old.equals(replacement)) {
            instants = new int[] {end};
        }
        for (int instant : instants) {
            for (Outcome outcome : observer.outcomes(instant, watched.stream(), iova, write)) {
                if (watched.subject()) {
                    judgeSubject(watched, request, instant, outcome, old, replacement);
                } else if (!outcome.equals(old)) {
                    judgeBystander(watched, request, instant, outcome, old);
                }
            }
        }
    }

    /** Where both access rights lead to the very same translations, reads have shown all that there is. */
    private boolean sameForReads(Watched watched, long iova) {
        DmaRequest read = watched.stream().request(iova, false, false);
        DmaRequest write = watched.stream().request(iova, true, false);
        return tables.before(read).equals(tables.before(write))
                && tables.after(read).equals(tables.after(write))
                && operation
                        .aftermath()
                        .map(Aftermath::intended)
                        .map(intended -> intended.outcome(read).equals(intended.outcome(write)))
                        .orElse(true);
    }

    private void compareWithIntention(Watched watched, DmaRequest request) {
        Expected meant = watched.before().expected(request.iova(), request.write());
        Outcome old = tables.before(request);
        if (!meant.matches(old)) {
            add(
                    0,
                    illegalOr(old, watched.subject() ? Rule.DRV_01 : Rule.DRV_05),
                    watched,
                    request,
                    meant.toString(),
                    old);
        }
        Expected meantAfter = meantAfter(watched, request);
        Outcome now = tables.after(request);
        if (!meantAfter.matches(now)) {
            boolean failed = !succeeded || operation.aftermath().isPresent();
            Rule rule = !watched.subject() ? bystanderRule(watched) : failed ? Rule.DRV_08 : Rule.DRV_01;
            add(
                    end,
                    illegalOr(now, passThrough(now, request, old, old) ? Rule.DRV_09 : rule),
                    watched,
                    request,
                    meantAfter.toString(),
                    now);
        }
    }

    private Expected meantAfter(Watched watched, DmaRequest request) {
        Optional<Aftermath> aftermath = operation.aftermath();
        boolean carriedOut = aftermath.isPresent() && aftermath.get().state() == Aftermath.State.CARRIED_OUT;
        if (watched.subject() && aftermath.isPresent() && aftermath.get().state() == Aftermath.State.FENCED) {
            return Expected.BLOCKED;
        }
        return (succeeded || carriedOut ? watched.after() : watched.before()).expected(request.iova(), request.write());
    }

    private static Rule illegalOr(Outcome outcome, Rule rule) {
        return outcome.kind() == Outcome.Kind.ILLEGAL_ENTRY ? Rule.DRV_15 : rule;
    }

    private void judgeSubject(
            Watched watched, DmaRequest request, int instant, Outcome outcome, Outcome old, Outcome replacement) {
        if (operation.aftermath().isPresent()) {
            judgeFailed(operation.aftermath().get(), watched, request, instant, outcome, old, replacement);
            return;
        }
        boolean atEnd = instant == end;
        boolean isNew = outcome.equals(replacement);
        if (isNew && succeeded) {
            return;
        }
        if (outcome.equals(old) && (!atEnd || !succeeded)) {
            return;
        }
        if (!atEnd && outcome.kind() == Outcome.Kind.BLOCKED) {
            blocked = true;
            if (operation.promise() == ReplaceGuarantee.HITLESS) {
                blame(watched, request, instant, outcome, Rule.DRV_03, "old " + old + " or new " + replacement);
            }
            return;
        }
        Rule inherent = inherentRule(watched, outcome, request, old, replacement, atEnd);
        if (inherent == Rule.DRV_02 || inherent == Rule.DRV_09) {
            torn = true;
        }
        String allowed = atEnd ? "new " + replacement : "old " + old + " or new " + replacement;
        blame(watched, request, instant, outcome, inherent, allowed);
    }

    /** As the table of {@link Aftermath} says. */
    private void judgeFailed(
            Aftermath aftermath,
            Watched watched,
            DmaRequest request,
            int instant,
            Outcome outcome,
            Outcome old,
            Outcome now) {
        Outcome intended = aftermath.intended().outcome(request);
        boolean ofEither = outcome.equals(old) || outcome.equals(intended);
        boolean isKept = aftermath.state() == Aftermath.State.KEPT;
        boolean allowed = instant == end
                ? outcome.equals(isKept ? old : now) || (ofEither && isExcused(aftermath, watched, request, outcome))
                : outcome.equals(old)
                        || (aftermath.maySwitch()
                                && (ofEither || outcome.equals(now) || outcome.kind() == Outcome.Kind.BLOCKED));
        if (allowed) {
            return;
        }
        Rule rule = Rule.DRV_02;
        if (outcome.kind() == Outcome.Kind.USE_AFTER_FREE) {
            rule = Rule.DRV_07;
        } else if (passThrough(outcome, request, old, intended) && passThrough(outcome, request, now, now)) {
            rule = Rule.DRV_09;
        } else if (ofEither || outcome.equals(now) || outcome.kind() == Outcome.Kind.BLOCKED) {
            rule = Rule.DRV_08;
        } else {
            torn = true;
        }
        String expected = aftermath.state().name().toLowerCase(Locale.ROOT).replace('_', ' ') + ": "
                + (instant == end ? (isKept ? old : now) : old + (aftermath.maySwitch() ? " or " + intended : ""));
        if (!findings.isFull(rule)) {
            add(instant, rule, watched, request, expected, outcome);
        }
    }

    private boolean isExcused(Aftermath aftermath, Watched watched, DmaRequest request, Outcome outcome) {
        return switch (aftermath.excuse()) {
            case NONE -> false;
            case ALL -> true;
            case DEVICES ->
                !observer.outcomesAtIommu(end, watched.stream(), request.iova(), request.write())
                        .contains(outcome);
        };
    }

    private Rule inherentRule(
            Watched watched, Outcome outcome, DmaRequest request, Outcome old, Outcome replacement, boolean atEnd) {
        if (outcome.kind() == Outcome.Kind.USE_AFTER_FREE) {
            return Rule.DRV_07;
        }
        if (passThrough(outcome, request, old, replacement)) {
            return Rule.DRV_09;
        }
        if (!atEnd) {
            return Rule.DRV_02;
        }
        if (!outcome.isTranslated() && replacement.isTranslated() && !leftovers.contains(watched)) {
            return Rule.DRV_17;
        }
        return outcome.equals(old) ? Rule.DRV_04 : Rule.DRV_02;
    }

    private static boolean passThrough(Outcome outcome, DmaRequest request, Outcome old, Outcome replacement) {
        return outcome.isTranslated()
                && outcome.output() == request.iova()
                && !(old.isTranslated() && old.output() == request.iova())
                && !(replacement.isTranslated() && replacement.output() == request.iova());
    }

    private void judgeBystander(Watched watched, DmaRequest request, int instant, Outcome outcome, Outcome old) {
        Rule inherent = outcome.kind() == Outcome.Kind.USE_AFTER_FREE
                ? Rule.DRV_07
                : passThrough(outcome, request, old, old) ? Rule.DRV_09 : bystanderRule(watched);
        blame(watched, request, instant, outcome, inherent, "unchanged " + old);
    }

    /** Requests without PASID beside PASIDs of the same device have a rule of their own. */
    private Rule bystanderRule(Watched watched) {
        Stream stream = watched.stream();
        for (Watched other : operation.streams()) {
            Stream subject = other.stream();
            if (other.subject()
                    && subject.device().equals(stream.device())
                    && (subject.pasid() == DmaRequest.NO_PASID) != (stream.pasid() == DmaRequest.NO_PASID)) {
                return Rule.DRV_23;
            }
        }
        return Rule.DRV_05;
    }

    private void blame(
            Watched watched, DmaRequest request, int instant, Outcome outcome, Rule inherent, String allowed) {
        if (findings.isFull(inherent)) {
            return;
        }
        Rule rule = blame.of(other -> isMet(other, watched, request, instant == end, outcome), inherent);
        add(instant, rule, watched, request, allowed, outcome);
    }

    /** Whether the outcome is met under other assumptions too, then or at any other instant of the same phase. */
    private boolean isMet(Observer other, Watched watched, DmaRequest request, boolean atEnd, Outcome outcome) {
        for (int instant : other.instants()) {
            if ((instant == end) == atEnd
                    && other.outcomes(instant, watched.stream(), request.iova(), request.write())
                            .contains(outcome)) {
                return true;
            }
        }
        return false;
    }

    private void add(int event, Rule rule, Watched watched, DmaRequest request, String expected, Outcome outcome) {
        findings.add(Finding.at(event, rule, request, watched.stream().toString(), expected, outcome.toString()));
    }

    static List<Stream> streams(Operation operation) {
        return operation.streams().stream().map(Watched::stream).toList();
    }
}
