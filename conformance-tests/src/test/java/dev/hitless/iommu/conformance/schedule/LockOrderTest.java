package dev.hitless.iommu.conformance.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class LockOrderTest {
    private static final LockName DEVICE_A = new LockName("device", "a");
    private static final LockName DEVICE_B = new LockName("device", "b");
    private static final LockName TABLE = new LockName("table", "t");
    private static final LockName QUEUE = new LockName("queue", "q");

    private final LockOrder order = new LockOrder();

    @Test
    void oneOrderIsNoInversion() {
        order.asked(List.of(DEVICE_A), TABLE);
        order.asked(List.of(DEVICE_B, TABLE), QUEUE);
        order.asked(List.of(DEVICE_A), QUEUE);

        assertThat(order.inversion()).isEmpty();
    }

    @Test
    @DisplayName("an inversion is found although nobody ever waited, and both orders are named")
    void inversion() {
        order.asked(List.of(DEVICE_A), TABLE);
        order.asked(List.of(TABLE), DEVICE_A);

        assertThat(order.inversion()).contains("table t while device a is held, but device a while table t is held");
    }

    @Test
    void aClassHasOnePlaceWhicheverOfItsLocksIsTaken() {
        order.asked(List.of(DEVICE_A), TABLE);
        order.asked(List.of(TABLE), DEVICE_B);

        assertThat(order.inversion()).isPresent();
    }

    @Test
    void aCircleOfThreeIsFound() {
        order.asked(List.of(DEVICE_A), TABLE);
        order.asked(List.of(TABLE), QUEUE);
        order.asked(List.of(QUEUE), DEVICE_A);

        assertThat(order.inversion()).get().asString().contains("table t", "queue q", "device a");
    }

    @Test
    void locksOfOneClassMayBeNestedInOneOrder() {
        order.asked(List.of(DEVICE_A), DEVICE_B);
        assertThat(order.inversion()).isEmpty();

        order.asked(List.of(DEVICE_B), DEVICE_A);
        assertThat(order.inversion()).isPresent();
    }
}
