package dev.hitless.iommu.driver.smmuv3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.hitless.iommu.api.Errno;
import dev.hitless.iommu.api.IommuDevice;
import dev.hitless.iommu.api.IommuDomain;
import dev.hitless.iommu.api.IommuException;
import dev.hitless.iommu.api.NestedConfig;
import dev.hitless.iommu.api.PageResponse;
import dev.hitless.iommu.api.PagingDomain;
import dev.hitless.iommu.api.Pasid;
import dev.hitless.iommu.api.ReplaceGuarantee;
import dev.hitless.iommu.conformance.trace.Recording;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DomainReplacementTest {
    private static final Pasid PASID = Pasid.of(5);
    private static final long ONE = 0x4_0000_0000L;
    private static final long OTHER = 0x8_0000_0000L;

    /** Two levels, or one: then the tables hang on the entries of all three StreamIDs. */
    @ParameterizedTest
    @ValueSource(strings = {"yes", "no"})
    void everyStreamOfADeviceFollows(String twoLevels) {
        Bench bench = new Bench(Map.of("two-level-cd", twoLevels, "two-level-stream-table", twoLevels));
        IommuDevice device = bench.device();
        IommuDomain blocked = bench.driver.blockedDomain();
        PagingDomain one = bench.domain("stage-1-4-level", ONE);
        PagingDomain other = bench.domain("stage-1-3-level", OTHER);
        PagingDomain stage2 = bench.domain("stage-2-3-level", OTHER);
        PagingDomain another2 = bench.domain("stage-2-4-level", ONE);

        one.setDevPasid(device, PASID, blocked);
        one.setDevPasid(device, Pasid.NONE, blocked);
        other.setDevPasid(device, PASID, one);
        assertThat(bench.reached(PASID)).isEqualTo(OTHER);
        assertThat(bench.reached(Pasid.NONE)).isEqualTo(ONE);
        bench.driver.identityDomain().setDevPasid(device, Pasid.NONE, one);
        assertThat(bench.reached(Pasid.NONE)).isEqualTo(Bench.IOVA);
        blocked.setDevPasid(device, PASID, other);
        assertThat(bench.reached(PASID)).isEqualTo(-1);
        stage2.setDevPasid(device, Pasid.NONE, bench.driver.identityDomain());
        assertThat(bench.reached(Pasid.NONE)).isEqualTo(OTHER);
        another2.setDevPasid(device, Pasid.NONE, stage2);
        assertThat(bench.reached(Pasid.NONE)).isEqualTo(ONE);
        other.setDevPasid(device, Pasid.NONE, another2);
        assertThat(bench.reached(Pasid.NONE)).isEqualTo(OTHER);
        blocked.setDevPasid(device, Pasid.NONE, other);
        assertThat(bench.reached(Pasid.NONE)).isEqualTo(-1);

        bench.driver.release(device);
        List.of(one, other, stage2, another2).forEach(IommuDomain::free);
        bench.driver.shutDown();
        assertThat(bench.platform.allocatedBytes()).isZero();
        assertThat(bench.platform.warnings()).isEmpty();
    }

    /** One stage 2 for another changes two words, and a linear table cannot be swapped. */
    @Test
    void promisesABreakWhereALinearStreamTableForcesOne() {
        for (String twoLevels : List.of("yes", "no")) {
            Bench bench = new Bench(Map.of("two-level-stream-table", twoLevels));
            IommuDevice device = bench.device();
            PagingDomain one = bench.domain("stage-2-3-level", ONE);
            PagingDomain other = bench.domain("stage-2-3-level", OTHER);
            one.setDevPasid(device, Pasid.NONE, bench.driver.blockedDomain());

            assertThat(bench.driver.replaceGuarantee(device, Pasid.NONE, one, other))
                    .isEqualTo(twoLevels.equals("yes") ? ReplaceGuarantee.HITLESS : ReplaceGuarantee.BREAK_BEFORE_MAKE);
        }
    }

    /**
     * Each allocation and each command fails once, one after the other. A rejected command is repeated. A completion that is
     * lost stops the queue for good, so the PASID is blocked, with a warning.
     */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aFailureAnywhereLeavesTheOldDomainOrIsOvercomeOrFences(boolean withPasid) {
        Pasid pasid = withPasid ? PASID : Pasid.NONE;
        int fallible = Integer.MAX_VALUE;
        // The first round, in which nothing fails, tells how many there are.
        for (int n = 0; n <= fallible; n++) {
            Bench bench = new Bench(Map.of());
            IommuDevice device = bench.device();
            PagingDomain one = bench.domain("stage-1-4-level", ONE);
            PagingDomain other = bench.domain(withPasid ? "stage-1-4-level" : "stage-2-3-level", OTHER);
            one.setDevPasid(device, pasid, bench.driver.blockedDomain());
            long before = bench.platform.allocatedBytes();
            bench.platform.faults().arm(n);

            Recording recording = bench.platform.record("replace", () -> other.setDevPasid(device, pasid, one));

            if (n == 0) {
                fallible = bench.platform.faults().calls();
            }
            boolean failed = recording.failure().isPresent();
            boolean fenced = !bench.platform.warnings().isEmpty();
            List<String> injected = bench.platform.faults().injected();
            assertThat(bench.reached(pasid)).as("%s", injected).isEqualTo(fenced ? -1 : failed ? ONE : OTHER);
            assertThat(bench.driver.attachments(device)).isEqualTo(Map.of(pasid, failed ? one : other));
            if (fenced) {
                assertThat(injected).singleElement().asString().startsWith("lost: ");
                assertThat(failed).isTrue();
            } else {
                assertThat(bench.platform.allocatedBytes()).isEqualTo(before);
            }
        }
        assertThat(fallible).isGreaterThan(5);
    }

    @Test
    void stage2AndPasidsExcludeEachOther() {
        Bench bench = new Bench(Map.of());
        IommuDevice device = bench.device();
        IommuDomain blocked = bench.driver.blockedDomain();
        PagingDomain stage1 = bench.domain("stage-1-4-level", ONE);
        PagingDomain stage2 = bench.domain("stage-2-3-level", OTHER);

        stage2.setDevPasid(device, Pasid.NONE, blocked);
        assertRefused(Errno.EBUSY, () -> stage1.setDevPasid(device, PASID, blocked));
        assertRefused(Errno.EOPNOTSUPP, () -> stage2.setDevPasid(device, PASID, blocked));
        blocked.setDevPasid(device, Pasid.NONE, stage2);
        stage1.setDevPasid(device, PASID, blocked);
        assertRefused(Errno.EBUSY, () -> stage2.setDevPasid(device, Pasid.NONE, blocked));
        assertThat(bench.reached(PASID)).isEqualTo(ONE);
    }

    @Test
    void guestsCannotAskForWhatIsNotThere() {
        Bench bench = new Bench(Map.of("two-level-cd", "no"));
        PagingDomain parent = bench.domain("stage-2-3-level", ONE);

        for (Map<String, Long> fields : List.of(
                Map.of("S1Fmt", 1L),
                Map.of("S1CDMax", 21L),
                Map.of("S1DSS", 3L),
                Map.of("STRW", 2L),
                Map.of("X", 0L))) {
            assertRefused(Errno.EINVAL, () -> bench.driver.allocateNested(parent, new NestedConfig(0x1000, 4, fields)));
        }
        assertRefused(Errno.EINVAL, () -> bench.driver.allocateNested(parent, new NestedConfig(0x1001, 4, Map.of())));
        parent.free();
    }

    @Test
    void faultsAreReportedWithStreamAndPasid() {
        Bench bench = new Bench(Map.of());
        bench.device();

        assertThat(bench.translate(0x21, PASID).isFault()).isTrue();
        bench.driver.serviceEvents();

        assertThat(bench.platform.faultReports()).hasSize(1);
        assertThat(bench.platform.faultReports().get(0).requesterId()).isEqualTo(0x21);
        assertThat(bench.platform.faultReports().get(0).pasid()).isEqualTo(PASID);
        assertThat(bench.platform.faultReports().get(0).write()).isFalse();
        assertThat(bench.platform.faultReports().get(0).code()).isEqualTo(0x08);
        bench.driver.serviceEvents();
        assertThat(bench.platform.faultReports()).hasSize(1);
    }

    @Test
    void pageRequestsAreHandedOverAndAnsweredOnce() {
        Bench bench = new Bench(Map.of());
        IommuDevice device = bench.device();
        bench.domain("stage-1-4-level", ONE).setDevPasid(device, PASID, bench.driver.blockedDomain());
        PageResponse response = new PageResponse(0x20, PASID, 7, PageResponse.Code.SUCCESS);

        assertRefused(Errno.ENOENT, () -> bench.driver.respond(response));
        assertThat(bench.platform.model().pageRequest(0x20, PASID.value(), 7, true, 0x5000, true, false))
                .isTrue();
        bench.driver.serviceEvents();
        bench.driver.respond(response);

        assertThat(bench.platform.pageRequests()).hasSize(1);
        assertThat(bench.platform.pageRequests().get(0).address()).isEqualTo(0x5000);
        assertThat(bench.platform.pageRequests().get(0).pasid()).isEqualTo(PASID);
        assertThat(bench.platform.pageResponses()).hasSize(1);
        assertThat(bench.platform.pageResponses().get(0).group()).isEqualTo(7);
        assertRefused(Errno.ENOENT, () -> bench.driver.respond(response));
    }

    private static void assertRefused(Errno errno, Runnable call) {
        assertThatExceptionOfType(IommuException.class)
                .isThrownBy(call::run)
                .satisfies(refusal -> assertThat(refusal.errno()).isEqualTo(errno));
    }
}
