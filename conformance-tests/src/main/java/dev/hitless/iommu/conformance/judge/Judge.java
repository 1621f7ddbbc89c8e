package dev.hitless.iommu.conformance.judge;

import dev.hitless.iommu.api.ReplaceGuarantee;
import dev.hitless.iommu.conformance.observe.Assumptions;
import dev.hitless.iommu.conformance.observe.Observer;
import dev.hitless.iommu.conformance.observe.Stream;
import dev.hitless.iommu.conformance.rules.Rule;
import java.util.List;

/** Judges one operation by every rule that one operation can break. */
public final class Judge {
    private final Assumptions assumptions;

    /** @param assumptions the memory rules to judge by */
    public Judge(Assumptions assumptions) {
        this.assumptions = assumptions;
    }

    /** The memory rules to judge by. */
    public Assumptions assumptions() {
        return assumptions;
    }

    /** Judges {@code operation}, which succeeded, or failed and must not have changed anything. */
    public Judgement judge(Operation operation) {
        List<Stream> streams = StreamJudge.streams(operation);
        Observer observer = new Observer(operation.trace(), streams, operation.probes(), assumptions);
        Tables tables = new Tables(operation);
        Blame blame = new Blame(operation, streams);
        FindingList findings = new FindingList();
        StreamJudge requests = new StreamJudge(operation, observer, tables, blame, findings);
        requests.judge();
        new CacheJudge(operation, observer, tables, blame, findings).judge();
        new LeftoverJudge(operation, observer, tables, blame, findings).judge();
        new CommandJudge(operation, tables, findings).judge();
        Judgement.Seen seen = seen(operation, requests);
        if (operation.aftermath().isEmpty()) {
            comparePromise(operation, seen, findings);
        }
        return new Judgement(findings.all(), seen, Cost.of(operation.trace()), observer.observations());
    }

    /** Judges only the commands of {@code operation}: whoever knows already what DMA could see. */
    public Judgement judgeCommands(Operation operation) {
        FindingList findings = new FindingList();
        new CommandJudge(operation, new Tables(operation), findings).judge();
        return new Judgement(findings.all(), Judgement.Seen.UNSUPPORTED, Cost.of(operation.trace()), 0);
    }

    private static Judgement.Seen seen(Operation operation, StreamJudge requests) {
        if (requests.sawTorn()) {
            return Judgement.Seen.TORN;
        }
        if (!operation.trace().succeeded()) {
            return Judgement.Seen.UNSUPPORTED;
        }
        return requests.sawBlocked() ? Judgement.Seen.BREAK_BEFORE_MAKE : Judgement.Seen.HITLESS;
    }

    private static void comparePromise(Operation operation, Judgement.Seen seen, FindingList findings) {
        ReplaceGuarantee promise = operation.promise();
        boolean kept =
                switch (seen) {
                    case TORN -> true; // DRV-02 says what matters.
                    case BREAK_BEFORE_MAKE -> promise == ReplaceGuarantee.BREAK_BEFORE_MAKE;
                    case HITLESS -> promise == ReplaceGuarantee.HITLESS;
                    case UNSUPPORTED -> promise == ReplaceGuarantee.UNSUPPORTED;
                };
        if (!kept) {
            findings.add(Finding.of(
                    Rule.DRV_26, operation.trace().end(), "as promised: " + promise, "observed: " + seen.label()));
        }
    }
}
