package dev.hitless.iommu.driver.support.id;

import dev.hitless.iommu.driver.support.UnderLincheck;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.jetbrains.lincheck.datastructures.Operation;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** VMIDs, ASIDs and domain ids are taken and given back by several threads. */
public class IdAllocatorLincheckTest {
    private static final int FIRST = 1;
    private static final int LAST = 2;

    private final IdAllocator lowest =
            new IdAllocator("id", FIRST, LAST, IdAllocator.Order.LOWEST, UnderLincheck.lock());
    private final IdAllocator roundRobin =
            new IdAllocator("id", FIRST, LAST, IdAllocator.Order.ROUND_ROBIN, UnderLincheck.lock());

    private static String allocate(IdAllocator ids) {
        AtomicInteger id = new AtomicInteger();
        String outcome = UnderLincheck.outcome(() -> id.set(ids.allocate()));
        return outcome.equals("OK") ? "id " + id : outcome;
    }

    @Operation
    public String allocateLowest() {
        return allocate(lowest);
    }

    @Operation
    public String freeOne() {
        return UnderLincheck.outcome(() -> lowest.free(FIRST));
    }

    @Operation
    public String reserveTwo() {
        return UnderLincheck.outcome(() -> lowest.reserve(LAST));
    }

    @Operation
    public int inUse() {
        return lowest.inUse();
    }

    @Operation
    public String allocateInTurn() {
        return allocate(roundRobin);
    }

    @Operation
    public String freeOneOfTurn() {
        return UnderLincheck.outcome(() -> roundRobin.free(FIRST));
    }

    @Test
    @DisplayName("no id has two owners, and none is lost")
    void oneOwner() {
        UnderLincheck.check(
                IdAllocatorLincheckTest.class,
                Specification.class,
                List.of("allocateLowest", "freeOne", "allocateLowest"),
                List.of("allocateLowest", "inUse"));
    }

    @Test
    @DisplayName("an id that is reserved is not handed out, and one that is taken is not reserved")
    void reserved() {
        UnderLincheck.check(
                IdAllocatorLincheckTest.class,
                Specification.class,
                List.of("allocateLowest", "allocateLowest"),
                List.of("reserveTwo", "freeOne"));
    }

    @Test
    @DisplayName("ids are handed out in turn, whoever takes them")
    void inTurn() {
        UnderLincheck.check(
                IdAllocatorLincheckTest.class,
                Specification.class,
                List.of("allocateInTurn", "freeOneOfTurn", "allocateInTurn"),
                List.of("allocateInTurn"));
    }

    /** One after the other. */
    public static class Specification {
        private boolean oneTaken;
        private boolean twoTaken;
        private boolean oneOfTurnTaken;
        private boolean twoOfTurnTaken;
        private int turn = FIRST;

        public String allocateLowest() {
            if (!oneTaken) {
                oneTaken = true;
                return "id 1";
            }
            if (!twoTaken) {
                twoTaken = true;
                return "id 2";
            }
            return "ENOSPC";
        }

        public String freeOne() {
            String outcome = oneTaken ? "OK" : "EINVAL";
            oneTaken = false;
            return outcome;
        }

        public String reserveTwo() {
            String outcome = twoTaken ? "EBUSY" : "OK";
            twoTaken = true;
            return outcome;
        }

        public int inUse() {
            return (oneTaken ? 1 : 0) + (twoTaken ? 1 : 0);
        }

        public String allocateInTurn() {
            for (int tried = 0; tried < 2; tried++) {
                int id = turn;
                turn = FIRST + LAST - turn;
                if (!(id == FIRST ? oneOfTurnTaken : twoOfTurnTaken)) {
                    oneOfTurnTaken |= id == FIRST;
                    twoOfTurnTaken |= id == LAST;
                    return "id " + id;
                }
            }
            return "ENOSPC";
        }

        public String freeOneOfTurn() {
            String outcome = oneOfTurnTaken ? "OK" : "EINVAL";
            oneOfTurnTaken = false;
            return outcome;
        }
    }
}
