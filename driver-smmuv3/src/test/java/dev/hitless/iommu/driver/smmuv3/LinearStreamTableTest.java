package dev.hitless.iommu.driver.smmuv3;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hitless.iommu.driver.support.update.CacheScope;
import dev.hitless.iommu.driver.support.update.EntryContent;
import dev.hitless.iommu.driver.support.update.PlanOptions;
import dev.hitless.iommu.driver.support.update.PlanStep;
import dev.hitless.iommu.driver.support.update.UpdatePlan;
import dev.hitless.iommu.driver.support.update.UpdatePlanner;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Entries of a linear stream table: where a way exists that no request notices, and where the driver goes one. Both are
 * searched for and compared, for every pair of kinds.
 */
class LinearStreamTableTest {
    private static final StreamTableEntries ENTRIES = new StreamTableEntries(Hardware.full());
    private static final long TABLE_A = 0x7_0000;
    private static final long TABLE_B = 0x9_0000;
    private static final long FETCHED_LIKE_THE_HOSTS = 1L << 2 | 1L << 4 | 3L << 6;

    /** No way: two words have to change at once, whatever else changes. Both directions. */
    private static final Set<String> IMPOSSIBLE = Set.of(
            "stage 2 A - stage 2 B",
            "stage 1 - guest on A",
            "stage 1 - guest with PASIDs on A",
            "stage 1 - guest on B",
            "stage 2 A - guest on B",
            "stage 2 B - guest on A",
            "stage 2 B - guest with PASIDs on A",
            "guest on A - guest with PASIDs on A",
            "guest on A - guest on B",
            "guest with PASIDs on A - guest on B");

    /** A way of 4 waits, by S1CDMax = 0, that the driver does not go. */
    private static final String NOT_TAKEN = "identity - guest with PASIDs on A";

    private static Map<String, EntryContent> kinds(boolean ats, boolean substreams) {
        Map<String, EntryContent> kinds = new LinkedHashMap<>();
        kinds.put("stage 1", contextTable(StreamTableEntry.S1DSS_CD_0, ats, substreams));
        kinds.put("identity", substreams ? contextTable(StreamTableEntry.S1DSS_BYPASS, ats, true) : ENTRIES.bypass());
        kinds.put("stage 2 A", ENTRIES.stage2(tableA(5), ats));
        kinds.put("stage 2 B", ENTRIES.stage2(tableB(6), ats));
        kinds.put("guest on A", nested(0x5000, FETCHED_LIKE_THE_HOSTS, 7, TABLE_A, ats));
        kinds.put(
                "guest with PASIDs on A",
                nested(
                        0x6000 | 3L << StreamTableEntry.S1CDMAX_SHIFT,
                        FETCHED_LIKE_THE_HOSTS | StreamTableEntry.S1DSS_CD_0,
                        8,
                        TABLE_A,
                        ats));
        kinds.put("guest on B", nested(0x5000, FETCHED_LIKE_THE_HOSTS, 11, TABLE_B, ats));
        return kinds;
    }

    private static EntryContent contextTable(long dss, boolean ats, boolean substreams) {
        long bits = substreams ? 10 : 0;
        long word1 = FETCHED_LIKE_THE_HOSTS
                | StreamTableEntry.S1STALLD
                | (substreams ? dss : 0)
                | (ats ? StreamTableEntry.EATS_FULL : 0)
                | (substreams && dss == StreamTableEntry.S1DSS_BYPASS ? StreamTableEntry.SHCFG_INCOMING : 0);
        long word0 = StreamTableEntry.VALID
                | StreamTableEntry.CONFIG_STAGE_1
                | 0x1_0000
                | bits << StreamTableEntry.S1CDMAX_SHIFT;
        return EntryContent.of(word0, word1, 0, 0, 0, 0, 0, 0);
    }

    private static StageTwoTable tableA(int vmid) {
        return new StageTwoTable(vmid, TABLE_A, 48, 4);
    }

    private static StageTwoTable tableB(int vmid) {
        return new StageTwoTable(vmid, TABLE_B, 40, 3);
    }

    private static EntryContent nested(long guestWord0, long guestWord1, int vmid, long table, boolean ats) {
        GuestContextTable guest = new GuestContextTable(guestWord0, guestWord1);
        return ENTRIES.nested(guest, table == TABLE_A ? tableA(vmid) : tableB(vmid), ats);
    }

    /** ATS is on or off for good, so bypass, which answers no translation request, is not always a way. */
    @ParameterizedTest(name = "ATS {0}, substreams {1}")
    @CsvSource({"false, false", "false, true", "true, false", "true, true"})
    void theDriverIsHitlessWhereverAWayExists(boolean ats, boolean substreams) {
        // Without substreams there is no ATS with identity, and nothing to keep it on for.
        Map<String, EntryContent> kinds = kinds(ats && substreams, substreams);
        Set<String> impossible = new TreeSet<>();
        Set<String> notTaken = new TreeSet<>();
        kinds.forEach((fromName, from) -> kinds.forEach((toName, to) -> {
            if (!fromName.equals(toName)) {
                String pair = pair(List.copyOf(kinds.keySet()), fromName, toName);
                UpdatePlan plan =
                        new UpdatePlanner(new StreamTableEntryLayout(true), false).plan(from, to, PlanOptions.DEFAULT);
                StreamTableEntryRoute route = StreamTableEntrySearch.between(from, to, 1);
                if (!route.exists()) {
                    impossible.add(pair);
                    assertThat(plan.hitless())
                            .as("%s, though there is no way: %s", pair, plan)
                            .isFalse();
                } else if (plan.hitless()) {
                    assertThat(plan.syncs())
                            .as("%s: %s", pair, plan)
                            .isLessThanOrEqualTo(route.waits().size() + 1);
                    assertThat(StreamTableEntrySearch.isSafe(waitedFor(plan)))
                            .as("%s: %s", pair, plan)
                            .isTrue();
                } else {
                    notTaken.add(pair);
                }
            }
        }));

        assertThat(impossible).containsExactlyInAnyOrderElementsOf(IMPOSSIBLE);
        assertThat(notTaken).isEqualTo(substreams ? Set.of(NOT_TAKEN) : Set.of());
    }

    /** Stage-2 tables of two domains: VMID and S2TTB share 128 bits. Reading 128 bits at once is not promised by a register. */
    @ParameterizedTest(name = "ATS {0}")
    @CsvSource({"false", "true"})
    void with128BitsAtOnceStageTwoWouldGoToAnotherTableInOneStore(boolean ats) {
        Map<String, EntryContent> kinds = kinds(ats, true);

        StreamTableEntryRoute route = StreamTableEntrySearch.between(kinds.get("stage 2 A"), kinds.get("stage 2 B"), 2);

        assertThat(route.stores()).isEqualTo(1);
    }

    private static String pair(List<String> names, String one, String other) {
        return names.indexOf(one) < names.indexOf(other) ? one + " - " + other : other + " - " + one;
    }

    /** What the entry holds at each wait. */
    private static List<EntryContent> waitedFor(UpdatePlan plan) {
        List<EntryContent> contents = new ArrayList<>(List.of(plan.from()));
        for (PlanStep step : plan.steps()) {
            if (step instanceof PlanStep.Invalidate wait && wait.scope() == CacheScope.CONFIGURATION) {
                contents.add(wait.current());
            }
        }
        return contents;
    }
}
