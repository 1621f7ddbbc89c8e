package dev.hitless.iommu.hardware.vtd;

import static dev.hitless.iommu.hardware.vtd.TestUnit.FSTS_IQE;
import static dev.hitless.iommu.hardware.vtd.TestUnit.FSTS_ITE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.hitless.iommu.hardware.HardwarePort.Fate;
import java.util.Map;
import org.junit.jupiter.api.Test;

class InvalidationQueueTest {
    private static final long GLOBAL_PASID_CACHE = 3 << 4 | 7;
    private static final long GLOBAL_IOTLB = 1 << 4 | 2;
    private static final long DEVICE_TLB = 0x0311L << 32 | 3;
    private static final long WHOLE = 0x7FFF_FFFF_FFFF_F001L;

    private static final int IQH = 0x80;
    private static final int IQT = 0x88;
    private static final int IQERCD = 0xB0;
    private static final int FSTS = 0x34;
    private static final int ICS = 0x9C;
    /** A wait with FN alone. */
    private static final long FENCE = 0x45;

    private final TestUnit unit = new TestUnit(Map.of()).start();

    private long iqh() {
        return unit.model.readRegister(IQH, 64);
    }

    private long queueErrorCode() {
        return unit.model.readRegister(IQERCD, 64) & 0xF;
    }

    @Test
    void aWaitIsObservedWhenTheDriverLoadsItsStatus() {
        unit.put(GLOBAL_PASID_CACHE, 0);
        unit.put(GLOBAL_IOTLB, 0);
        int expected = unit.putWait();
        unit.ring();
        assertThat(unit.bus.submitted).hasSize(2);
        assertThat(unit.bus.observed).isEmpty();
        assertThat(unit.poll()).isEqualTo(expected);
        assertThat(unit.bus.observed).containsExactly(0, 1);
        assertThat(unit.poll()).isEqualTo(expected);
        assertThat(unit.bus.observed).hasSize(2);
        assertThat(unit.bus.complaints).isEmpty();
    }

    @Test
    void nothingElseTellsCompletion() {
        unit.submit(GLOBAL_IOTLB, 0);
        assertThat(iqh()).isEqualTo(32);
        unit.putWait();
        unit.ring();
        assertThat(iqh()).isEqualTo(64);
        unit.model.loaded(unit.status + 8, 1);
        unit.model.loaded(unit.status, 2);
        unit.model.loaded(unit.status, 1L << 32);
        assertThat(unit.bus.observed).isEmpty();
        unit.model.loaded(unit.status, 1);
        assertThat(unit.bus.observed).containsExactly(0);
    }

    @Test
    void onlyAWaitThatIsAFenceIsReportedAsOne() {
        unit.put(GLOBAL_IOTLB, 0);
        unit.put(FENCE, 0);
        unit.put(GLOBAL_PASID_CACHE, 0);
        unit.putWait();
        unit.ring();
        assertThat(unit.bus.fences).containsExactly(1);
        assertThat(unit.bus.observed).isEmpty();
    }

    @Test
    void commandsAfterTheWaitAreNotObserved() {
        unit.put(GLOBAL_IOTLB, 0);
        unit.putWait();
        unit.put(GLOBAL_PASID_CACHE, 0);
        unit.ring();
        unit.poll();
        assertThat(unit.bus.observed).containsExactly(0);
        unit.putWait();
        unit.ring();
        unit.poll();
        assertThat(unit.bus.observed).containsExactly(0, 1);
    }

    @Test
    void aStatusWordInTheUpperHalfIsSeen() {
        unit.put(GLOBAL_IOTLB, 0);
        unit.put(7L << 32 | 0x25, unit.status + 4);
        unit.ring();
        long word = unit.bus.read64(unit.status);
        assertThat(word).isEqualTo(7L << 32);
        unit.model.loaded(unit.status, word);
        assertThat(unit.bus.observed).containsExactly(0);
    }

    @Test
    void aStatusWordThatHoldsTheValueAlreadyProvesNothing() {
        unit.bus.write64(unit.status, 1);
        unit.put(GLOBAL_IOTLB, 0);
        unit.putWait();
        unit.ring();
        unit.poll();
        assertThat(unit.bus.observed).isEmpty();
        assertThat(unit.bus.complaints).singleElement().asString().contains("reset the status word");
    }

    @Test
    void ofTwoWaitsWithTheSameStatusOnlyTheFirstIsProven() {
        unit.put(GLOBAL_IOTLB, 0);
        unit.put(1L << 32 | 0x25, unit.status);
        unit.put(GLOBAL_PASID_CACHE, 0);
        unit.put(1L << 32 | 0x25, unit.status);
        unit.ring();
        unit.poll();
        assertThat(unit.bus.observed).containsExactly(0);
        assertThat(unit.bus.complaints).isEmpty();
    }

    @Test
    void aWaitMayAlsoBeSeenInIcs() {
        unit.put(GLOBAL_IOTLB, 0);
        unit.put(0x15, 0);
        unit.ring();
        assertThat(unit.bus.observed).isEmpty();
        assertThat(unit.read32(ICS)).isEqualTo(1);
        assertThat(unit.bus.observed).containsExactly(0);
        assertThat(unit.read32(0xA0)).isEqualTo(3L << 30);
        unit.write32(ICS, 1);
        assertThat(unit.read32(ICS)).isZero();
        assertThat(unit.read32(0xA0)).isEqualTo(1L << 31);
    }

    @Test
    void theQueueWraps() {
        for (int round = 0; round < 300; round++) {
            unit.put(GLOBAL_IOTLB, 0);
            unit.putWait();
            unit.ring();
            unit.poll();
        }
        assertThat(unit.bus.observed).hasSize(300);
        assertThat(iqh()).isEqualTo(600 * 32 % 8192);
        assertThat(unit.bus.complaints).isEmpty();
    }

    @Test
    void narrowDescriptorsTakeSixteenBytes() {
        TestUnit narrow = new TestUnit(Map.of(), false).start();
        narrow.put(GLOBAL_IOTLB, 0);
        narrow.putWait();
        narrow.ring();
        narrow.poll();
        assertThat(narrow.bus.observed).containsExactly(0);
        assertThat(narrow.model.readRegister(IQH, 64)).isEqualTo(32);
        narrow.submit(GLOBAL_PASID_CACHE, 0);
        assertThat(narrow.model.readRegister(IQERCD, 64)).isEqualTo(5);
    }

    @Test
    void aMalformedDescriptorHaltsTheQueueUntilIqeIsCleared() {
        unit.put(GLOBAL_IOTLB, 0);
        unit.put(0xF, 0);
        unit.putWait();
        unit.ring();
        assertThat(unit.bus.submitted).hasSize(1);
        assertThat(iqh()).isEqualTo(32);
        assertThat(unit.read32(FSTS)).isEqualTo(FSTS_IQE);
        assertThat(queueErrorCode()).isEqualTo(3);
        assertThat(unit.read32(0x38)).isEqualTo(3L << 30);
        assertThat(unit.bus.complaints).hasSize(1);
        unit.put(GLOBAL_PASID_CACHE, 0);
        unit.ring();
        assertThat(unit.bus.submitted).hasSize(1);
        // What a driver does: put something harmless in its place, then clear the bit.
        unit.bus.write64(unit.queue + 32, GLOBAL_IOTLB);
        unit.write32(FSTS, FSTS_IQE);
        assertThat(unit.read32(FSTS)).isZero();
        assertThat(queueErrorCode()).isZero();
        assertThat(unit.bus.submitted).hasSize(3);
        unit.poll();
        assertThat(unit.bus.observed).containsExactly(0, 1);
    }

    @Test
    void clearingIqeWithoutMendingFailsAgain() {
        unit.submit(0xF, 0);
        unit.write32(FSTS, FSTS_IQE);
        assertThat(unit.read32(FSTS)).isEqualTo(FSTS_IQE);
        assertThat(unit.bus.complaints).hasSize(2);
    }

    @Test
    void reservedBitsAndTheUpperHalfAreChecked() {
        unit.submit(GLOBAL_IOTLB | 1L << 40, 0);
        assertThat(queueErrorCode()).isEqualTo(4);
        unit.bus.write64(unit.queue, GLOBAL_IOTLB);
        unit.bus.write64(unit.queue + 24, 1);
        unit.write32(FSTS, FSTS_IQE);
        assertThat(queueErrorCode()).isEqualTo(4);
        unit.bus.write64(unit.queue + 24, 0);
        unit.write32(FSTS, FSTS_IQE);
        assertThat(queueErrorCode()).isZero();
    }

    @Test
    void theTailIsChecked() {
        unit.model.writeRegister(IQT, 64, 0x10);
        assertThat(queueErrorCode()).isEqualTo(6);
        unit.model.writeRegister(IQT, 64, 0);
        unit.write32(FSTS, FSTS_IQE);
        unit.model.writeRegister(IQT, 64, 0x2000);
        assertThat(queueErrorCode()).isEqualTo(1);
        unit.model.writeRegister(IQT, 64, 0);
        unit.write32(FSTS, FSTS_IQE);
        assertThat(unit.bus.complaints).hasSize(2);
        unit.model.writeRegister(IQT, 64, 1);
        assertThat(unit.bus.complaints).hasSize(3);
        assertThat(unit.model.readRegister(IQT, 64)).isZero();
    }

    @Test
    void aQueueWithoutMemoryIsAFetchError() {
        TestUnit other = new TestUnit(Map.of());
        other.model.writeRegister(0x90, 64, 0xF_0000_0000_0000L | 1 << 11);
        other.write32(0x18, 1L << 26);
        other.model.writeRegister(IQT, 64, 32);
        assertThat(other.model.readRegister(IQERCD, 64)).isEqualTo(2);
    }

    @Test
    void pasidCommandsNeedAScalableRootTable() {
        TestUnit other = new TestUnit(Map.of());
        other.queueOn();
        other.submit(GLOBAL_PASID_CACHE, 0);
        assertThat(other.model.readRegister(IQERCD, 64)).isEqualTo(7);
    }

    @Test
    void aRejectedCommandHaltsTheQueueWithoutComplaint() {
        unit.bus.fates = command -> command.contains("IOTLB") ? Fate.REJECT : Fate.EXECUTE;
        unit.put(GLOBAL_IOTLB, 0);
        unit.putWait();
        unit.ring();
        assertThat(unit.read32(FSTS)).isEqualTo(FSTS_IQE);
        assertThat(unit.bus.submitted).isEmpty();
        assertThat(unit.poll()).isZero();
        unit.bus.fates = command -> Fate.EXECUTE;
        unit.write32(FSTS, FSTS_IQE);
        unit.poll();
        assertThat(unit.bus.observed).containsExactly(0);
        assertThat(unit.bus.complaints).isEmpty();
    }

    @Test
    void aLostCommandHoldsTheQueueUntilItIsSwitchedOff() {
        unit.bus.fates = command -> command.contains("IOTLB") ? Fate.LOSE : Fate.EXECUTE;
        unit.put(GLOBAL_IOTLB, 0);
        unit.putWait();
        unit.ring();
        unit.bus.fates = command -> Fate.EXECUTE;
        unit.putWait();
        unit.ring();
        assertThat(unit.poll()).isZero();
        assertThat(unit.read32(FSTS)).isZero();
        unit.write32(0x18, 1L << 31);
        assertThat(iqh()).isZero();
        unit.model.writeRegister(IQT, 64, 0);
        unit.write32(0x18, 1L << 31 | 1L << 26);
        unit.bus.write64(unit.queue, GLOBAL_PASID_CACHE);
        unit.bus.write64(unit.queue + 32, 9L << 32 | 0x25);
        unit.bus.write64(unit.queue + 40, unit.status);
        unit.model.writeRegister(IQT, 64, 64);
        assertThat(unit.poll()).isEqualTo(9);
        assertThat(unit.bus.observed).containsExactly(1);
    }

    @Test
    void aLostWaitIsNeverSignalled() {
        unit.bus.fates = command -> command.contains("wait") ? Fate.LOSE : Fate.EXECUTE;
        unit.put(GLOBAL_IOTLB, 0);
        unit.putWait();
        unit.ring();
        assertThat(unit.poll()).isZero();
        assertThat(unit.bus.observed).isEmpty();
    }

    @Test
    void aSilentDeviceTimesOutAndTheWaitIsAborted() {
        unit.bus.fates = command -> command.contains("device TLB") ? Fate.LOSE : Fate.EXECUTE;
        unit.put(GLOBAL_IOTLB, 0);
        unit.put(DEVICE_TLB, WHOLE);
        unit.putWait();
        unit.put(GLOBAL_PASID_CACHE, 0);
        int last = unit.putWait();
        unit.ring();
        assertThat(unit.read32(FSTS)).isEqualTo(FSTS_ITE);
        assertThat(unit.model.readRegister(IQERCD, 64)).isEqualTo(0x311L << 32);
        assertThat(iqh()).isEqualTo(3 * 32);
        assertThat(unit.poll()).isZero();
        unit.bus.fates = command -> Fate.EXECUTE;
        unit.write32(FSTS, FSTS_ITE);
        assertThat(unit.read32(FSTS)).isZero();
        assertThat(unit.poll()).isEqualTo(last);
        assertThat(unit.bus.observed).containsExactly(0, 2);
    }

    @Test
    void aSilentDeviceTimesOutEvenWhenNobodyWaits() {
        unit.bus.fates = command -> Fate.LOSE;
        unit.submit(DEVICE_TLB, WHOLE);
        assertThat(unit.read32(FSTS)).isEqualTo(FSTS_ITE);
    }

    @Test
    void pageGroupResponsesReachTheDevice() {
        unit.submit(0x0000_0141_0311_1019L, 0x2A << 3);
        assertThat(unit.bus.pageResponses).containsExactly("311/141/2a/INVALID");
    }

    @Test
    void theBaseIsFixedWhileTheQueueIsOn() {
        unit.model.writeRegister(0x90, 64, 0x1000);
        assertThat(unit.bus.complaints).singleElement().asString().contains("IQA");
        assertThat(unit.model.readRegister(0x90, 64)).isEqualTo(unit.queue | 1 << 11 | 1);
    }

    @Test
    void aWaitToNowhereIsComplainedAbout() {
        unit.submit(1L << 32 | 0x25, 0xF_0000_0000_0000L);
        assertThat(unit.bus.complaints).singleElement().asString().contains("no memory");
    }

    private static TestUnit slowUnit() {
        return new TestUnit(Map.of("command-pace", "as-polled")).start();
    }

    @Test
    void slowHardwareFetchesAfterEachLookAndNotBefore() {
        TestUnit slow = slowUnit();
        for (int i = 0; i < 20; i++) {
            slow.put(GLOBAL_IOTLB, 0);
        }
        slow.ring();
        assertThat(slow.bus.submitted).hasSize(20);
        // 256 descriptors; 16 at a look.
        assertThat(slow.model.readRegister(IQH, 64)).isZero();
        assertThat(slow.model.readRegister(IQH, 64)).isEqualTo(16 * 32);
        assertThat(slow.read32(FSTS)).isZero();
        assertThat(slow.model.readRegister(IQH, 64)).isEqualTo(20 * 32);
        assertThat(slow.model.commandsTaken()).isEqualTo(20);
        assertThat(slow.bus.submitted).hasSize(20);
        assertThat(slow.bus.complaints).isEmpty();
    }

    @Test
    void slowHardwareCompletesForWhoPollsTheStatusWordAlone() {
        TestUnit slow = slowUnit();
        slow.put(GLOBAL_IOTLB, 0);
        int expected = slow.putWait();
        slow.ring();
        slow.model.loaded(slow.status + 8, 0);
        assertThat(slow.poll()).isNotEqualTo(expected);
        assertThat(slow.poll()).isEqualTo(expected);
        assertThat(slow.bus.observed).containsExactly(0);
    }

    @Test
    void tailThatPassesTheHeadOfSlowHardwareIsMalformed() {
        TestUnit slow = slowUnit();
        slow.submit(GLOBAL_IOTLB, 0);
        slow.submit(GLOBAL_IOTLB, 0);
        slow.model.writeRegister(IQT, 64, 0);
        assertThat(slow.bus.complaints).singleElement().asString().contains("passes IQH=0x0");
    }

    @Test
    void descriptorThatIsChangedBeforeSlowHardwareFetchesItIsMalformed() {
        TestUnit slow = slowUnit();
        slow.submit(GLOBAL_IOTLB, 0);
        slow.bus.write64(slow.queue, GLOBAL_PASID_CACHE);
        slow.read32(FSTS);
        assertThat(slow.bus.complaints).singleElement().asString().contains("changed after the doorbell");
    }

    @Test
    void rejectedDescriptorMayBeOverwrittenOnSlowHardware() {
        TestUnit slow = slowUnit();
        slow.put(0xF, 0);
        slow.put(GLOBAL_IOTLB, 0);
        slow.ring();
        slow.read32(FSTS);
        assertThat(slow.read32(FSTS)).isEqualTo(FSTS_IQE);
        slow.bus.complaints.clear();
        slow.bus.write64(slow.queue, GLOBAL_PASID_CACHE);
        slow.write32(FSTS, FSTS_IQE);
        slow.read32(FSTS);
        assertThat(slow.model.readRegister(IQH, 64)).isEqualTo(64);
        assertThat(slow.bus.submitted).hasSize(2);
        assertThat(slow.bus.complaints).isEmpty();
    }
}
