package dev.hitless.iommu.driver.amdvi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hitless.iommu.api.DriverOptions;
import dev.hitless.iommu.api.Errno;
import dev.hitless.iommu.api.IommuException;
import dev.hitless.iommu.api.PagingDomain;
import dev.hitless.iommu.api.Pasid;
import dev.hitless.iommu.conformance.machine.HardwareModels;
import dev.hitless.iommu.conformance.trace.Fault;
import dev.hitless.iommu.conformance.trace.RecordingPlatform;
import dev.hitless.iommu.hardware.HardwareConfiguration;
import dev.hitless.iommu.hardware.HardwareModelProvider;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The device table in several pieces: each device is found where hardware looks for it. */
class DeviceTableSegmentsTest {
    private static final String LAST = AmdviDriverProvider.LAST_REQUESTER_ID;
    private static final String SEGMENTS = AmdviDriverProvider.DEVICE_TABLE_SEGMENTS;
    private static final int[] IDS = {0x0, 0x1FFF, 0x2000, 0x3FFF, 0x4000, 0x7FFF, 0x8000, 0xE000, 0xFFFF};

    private static ModelledUnit unit(int last, int segments) {
        return new ModelledUnit(Map.of(LAST, "0x" + Integer.toHexString(last), SEGMENTS, Integer.toString(segments)));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 4, 8})
    void eachDeviceHasTheEntryThatHardwareLooksAt(int segments) {
        ModelledUnit unit = unit(0xFFFF, segments);
        for (int id : IDS) {
            assertThat(unit.access(id, Pasid.NONE).isFault())
                    .as("blocked before it is probed: 0x%x", id)
                    .isTrue();
            PagingDomain domain = unit.domain("v1-4-level", address(id));
            domain.setDevPasid(unit.probe("device-" + id, id), Pasid.NONE, unit.driver.blockedDomain());
        }
        for (int id : IDS) {
            assertThat(unit.access(id, Pasid.NONE).output(ModelledUnit.IOVA))
                    .as("0x%x", id)
                    .isEqualTo(address(id));
        }
    }

    private static long address(int id) {
        return 0x10_0000_0000L + ((long) id << 12);
    }

    /** Even the segments that no device needs: their registers have to lead somewhere. */
    @ParameterizedTest
    @ValueSource(ints = {2, 4, 8})
    void nothingPassesWhereNoDeviceIsExpected(int segments) {
        ModelledUnit unit = unit(0x1FF, segments);
        for (int id = 0; id <= 0xFFFF; id += 0x7F) {
            assertThat(unit.access(id, Pasid.NONE).isFault()).as("0x%x", id).isTrue();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 4, 8})
    void everythingIsGivenBack(int segments) {
        ModelledUnit unit = unit(0x45FF, segments);
        unit.driver.release(unit.probe("nic", 0x45FF));
        unit.driver.shutDown();
        assertThat(unit.platform.allocatedBytes()).isZero();
    }

    @Test
    void aSegmentThatCannotBeAllocatedTakesTheOthersWithIt() {
        HardwareModelProvider hardware =
                HardwareModels.discover(getClass().getClassLoader()).require("amdvi");
        for (int n = 1; n <= 8; n++) {
            RecordingPlatform platform =
                    new RecordingPlatform(hardware, HardwareConfiguration.of(hardware.options(), Map.of()), true);
            platform.faults().arm(Fault.NO_MEMORY, n);
            DriverOptions options = new DriverOptions(Map.of(SEGMENTS, "8"));
            assertThatThrownBy(() -> new AmdviDriverProvider().create(platform, options))
                    .isInstanceOfSatisfying(IommuException.class, refused -> assertThat(refused.errno())
                            .isEqualTo(Errno.ENOMEM));
            assertThat(platform.allocatedBytes())
                    .as("after allocation %d failed", n)
                    .isZero();
        }
    }

    @Test
    void aDeviceBeyondTheTableIsRefusedAlthoughItsSegmentHasAPage() {
        ModelledUnit unit = unit(0x1FF, 8);
        assertThatThrownBy(() -> unit.probe("far", 0x2000)).hasMessageContaining(LAST);
    }

    @ParameterizedTest
    @ValueSource(ints = {3, 5, 6, 7})
    void onlyPowersOfTwoArePossible(int segments) {
        assertThatThrownBy(() -> unit(0x1FF, segments))
                .hasMessageContaining(SEGMENTS + "=" + segments + " is not 1, 2, 4 or 8");
    }

    @Test
    void moreSegmentsThanHardwareHasAreRefused() {
        HardwareCapabilities two = new HardwareCapabilities(0, 0, 1L << 38, 0);
        new DeviceTableShape(0x1FF, 2).requirePossible(two);
        assertThatThrownBy(() -> new DeviceTableShape(0x1FF, 4).requirePossible(two))
                .isInstanceOfSatisfying(IommuException.class, refused -> assertThat(refused.errno())
                        .isEqualTo(Errno.EINVAL))
                .hasMessageContaining("DevTblSegSup allows 2");
    }
}
