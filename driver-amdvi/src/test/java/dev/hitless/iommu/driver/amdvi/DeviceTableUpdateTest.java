package dev.hitless.iommu.driver.amdvi;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hitless.iommu.api.ReplacePlan;
import org.junit.jupiter.api.Test;

class DeviceTableUpdateTest {
    private static final DeviceTableEntry BASE = new DeviceTableEntry(DeviceTableEntry.VALID, 7, 0);
    private static final Gcr3Pointer OWN = new Gcr3Pointer(0x12_3456_7000L, 2, true);
    private static final Gcr3Pointer GUEST = new Gcr3Pointer(0x7_F000L, 1, true);
    private static final Gcr3Pointer SHALLOW_GUEST = new Gcr3Pointer(0x7_F000L, 1, false);

    private static final DeviceTableEntry V2 = BASE.withHost(0, 0).withGuest(OWN, true);
    private static final DeviceTableEntry IDENTITY = BASE.withHost(0, 0).withGuest(OWN, false);
    private static final DeviceTableEntry V1 = V2.withoutGuest().withHost(4, 0x9000);
    private static final DeviceTableEntry NESTED =
            BASE.withHost(4, 0xA000).withGuest(GUEST, true).withDomainId(8);
    private static final DeviceTableEntry SHALLOW =
            BASE.withHost(4, 0xA000).withGuest(SHALLOW_GUEST, true).withDomainId(8);

    @Test
    void nothingToDoTakesNoStep() {
        assertThat(DeviceTableUpdate.plan(V1, V1, true).steps()).isEmpty();
    }

    @Test
    void identityV1AndV2DifferInWordZeroOnly() {
        for (DeviceTableEntry old : new DeviceTableEntry[] {V1, V2, IDENTITY}) {
            for (DeviceTableEntry target : new DeviceTableEntry[] {V1, V2, IDENTITY}) {
                DeviceTableUpdate update = DeviceTableUpdate.plan(old, target, false);
                assertThat(update.parked()).isFalse();
                assertThat(update.steps()).hasSize(old.equals(target) ? 0 : 1);
                assertThat(old.withUpperWordsOf(target)).isEqualTo(old);
            }
        }
    }

    @Test
    void nestedOnNestedIsOne128BitStore() {
        DeviceTableEntry other = NESTED.withDomainId(9);
        assertThat(DeviceTableUpdate.plan(NESTED, other, true).steps()).containsExactly(other);
    }

    @Test
    void without128BitStoresANestedDomainIsReachedThroughTheParkedEntry() {
        DeviceTableUpdate update = DeviceTableUpdate.plan(V1, NESTED, false);
        assertThat(update.kind()).isEqualTo(ReplacePlan.BREAK_BEFORE_MAKE);
        assertThat(update.steps())
                .containsExactly(
                        DeviceTableEntry.BLOCKED.withUpperWordsOf(V1),
                        DeviceTableEntry.BLOCKED.withUpperWordsOf(NESTED),
                        NESTED);
    }

    @Test
    void anotherDepthOfGuestTablesIsNeverShownWhileThereIsAGuestPath() {
        assertThat(DeviceTableUpdate.plan(V1, SHALLOW, true).steps())
                .containsExactly(V1.withLastWordOf(SHALLOW), SHALLOW);
        assertThat(DeviceTableUpdate.plan(SHALLOW, V1, true).steps()).containsExactly(V1.withLastWordOf(SHALLOW), V1);
        assertThat(DeviceTableUpdate.plan(IDENTITY, SHALLOW, true).parked()).isFalse();
        assertThat(DeviceTableUpdate.plan(V2, SHALLOW, true).parked()).isTrue();
    }

    @Test
    void noStepIsInvalid() {
        DeviceTableEntry[] all = {DeviceTableEntry.BLOCKED, BASE, V1, V2, IDENTITY, NESTED, SHALLOW};
        for (DeviceTableEntry old : all) {
            for (DeviceTableEntry target : all) {
                for (boolean store128 : new boolean[] {false, true}) {
                    assertThat(DeviceTableUpdate.plan(old, target, store128).steps())
                            .allMatch(step -> (step.word0() & DeviceTableEntry.VALID) != 0);
                }
            }
        }
    }

    @Test
    void theGcr3RootIsInThreePieces() {
        DeviceTableEntry entry = BASE.withGuest(new Gcr3Pointer(0x000F_FFFF_FFFF_F000L, 3, false), false);
        assertThat(entry.word0()).isEqualTo(0x1E80_0000_0000_0001L);
        assertThat(entry.word1()).isEqualTo(0xFFFF_F800_FFFF_0007L);
        assertThat(entry.word2()).isZero();
    }
}
