package dev.hitless.iommu.conformance.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hitless.iommu.api.ReplaceGuarantee;
import dev.hitless.iommu.conformance.judge.Operation;
import dev.hitless.iommu.conformance.judge.Watched;
import dev.hitless.iommu.conformance.machine.Expected;
import dev.hitless.iommu.conformance.observe.Stream;
import dev.hitless.iommu.conformance.trace.Trace;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.mockito.Mockito;

class ExpectationsTest {
    private static final Stream STREAM = new Stream("device-a", 0x20, 5);
    private static final long[] PROBES = {0x1000, 0x2000};

    private final Trace trace = Mockito.mock(Trace.class);

    private Expectations of(Watched.Intention before, Watched.Intention after, boolean subject, long... probes) {
        return Expectations.of(new Operation(
                trace, List.of(new Watched(STREAM, subject, before, after)), probes, ReplaceGuarantee.HITLESS));
    }

    private static Watched.Intention to(long output) {
        return (iova, write) -> Expected.translated(output + iova);
    }

    @Test
    void whatIsMeantCountsAndNotWhoSaysIt() {
        assertThat(of(to(0), to(0x9000), true, PROBES)).isEqualTo(of(to(0), to(0x9000), true, PROBES));
    }

    /** A change tried again that has done no more than a removal would must not pass for one. */
    @Test
    void sameTraceWithAnotherMeaningIsJudgedAnew() {
        Expectations changed = of(to(0), to(0x9000), true, PROBES);
        Watched.Intention blocked = (iova, write) -> Expected.BLOCKED;
        Watched.Intention readOnly =
                (iova, write) -> write ? Expected.PERMISSION : to(0x9000).expected(iova, false);
        assertThat(changed)
                .isNotEqualTo(of(to(0), blocked, true, PROBES))
                .isNotEqualTo(of(to(0), readOnly, true, PROBES))
                .isNotEqualTo(of(to(1), to(0x9000), true, PROBES))
                .isNotEqualTo(of(to(0), to(0x9000), false, PROBES))
                .isNotEqualTo(of(to(0), to(0x9000), true, 0x1000));
    }
}
