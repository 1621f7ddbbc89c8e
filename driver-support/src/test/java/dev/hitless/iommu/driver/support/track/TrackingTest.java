package dev.hitless.iommu.driver.support.track;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.when;

import dev.hitless.iommu.api.Errno;
import dev.hitless.iommu.api.IommuDevice;
import dev.hitless.iommu.api.IommuDomain;
import dev.hitless.iommu.api.IommuException;
import dev.hitless.iommu.api.Pasid;
import dev.hitless.iommu.driver.support.FakeLock;
import dev.hitless.iommu.driver.support.FakePlatform;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TrackingTest {
    private final IommuDomain blocked = domain("blocked");
    private final IommuDomain paging = domain("first-stage#1");
    private final IommuDomain sva = domain("sva#2");
    private final AttachmentTable table = new AttachmentTable("0000:03:00.0", blocked, new FakeLock());

    private static IommuDomain domain(String name) {
        IommuDomain domain = mock(IommuDomain.class);
        when(domain.name()).thenReturn(name);
        return domain;
    }

    private static IommuDevice device(String name) {
        IommuDevice device = mock(IommuDevice.class);
        when(device.name()).thenReturn(name);
        return device;
    }

    @Test
    void whatIsNotRecordedIsBlocked() {
        assertThat(table.current(Pasid.of(5))).isSameAs(blocked);
        table.record(Pasid.of(5), paging);
        table.record(Pasid.NONE, sva);
        assertThat(table.current(Pasid.of(5))).isSameAs(paging);
        assertThat(table.pasidsInUse()).isEqualTo(1);

        table.record(Pasid.of(5), blocked);
        assertThat(table.snapshot()).isEqualTo(Map.of(Pasid.NONE, sva));
        assertThat(table.pasidsInUse()).isZero();
    }

    @Test
    void oldThatIsNotAttachedIsRefusedNamingBoth() {
        table.record(Pasid.of(5), paging);
        table.requireCurrent(Pasid.of(5), paging);

        assertThatThrownBy(() -> table.requireCurrent(Pasid.of(5), sva))
                .isInstanceOfSatisfying(
                        IommuException.class, e -> assertThat(e.errno()).isEqualTo(Errno.EINVAL))
                .hasMessageContaining("0000:03:00.0, PASID 0x5: first-stage#1 is attached, not sva#2");
        assertThatThrownBy(() -> table.requireCurrent(Pasid.of(6), sva)).hasMessageContaining("blocked is attached");
    }

    @Test
    void releaseWarnsOfEachLeftover() {
        FakePlatform platform = new FakePlatform();
        table.record(Pasid.of(7), sva);
        table.record(Pasid.of(5), paging);

        assertThat(table.warnOfLeftovers(platform).keySet()).containsExactly(Pasid.of(5), Pasid.of(7));
        assertThat(platform.warnings)
                .hasSize(2)
                .first()
                .asString()
                .contains("0000:03:00.0", "first-stage#1", "PASID 0x5");
    }

    @Test
    void usersAreListedOnceAndLeaveOnce() {
        DomainUsers users = new DomainUsers("first-stage#1", new FakeLock());
        IommuDevice nic = device("nic");
        IommuDevice gpu = device("gpu");
        users.join(nic, Pasid.of(1));
        users.join(nic, Pasid.of(1));
        users.join(gpu, Pasid.NONE);

        assertThat(users.snapshot()).as("told once").hasSize(2);
        users.with(list -> assertThat(list).hasSize(2));

        users.leave(nic, Pasid.of(1));
        assertThat(users.snapshot())
                .containsExactlyInAnyOrder(new DomainUser(nic, Pasid.of(1)), new DomainUser(gpu, Pasid.NONE));
        users.leave(nic, Pasid.of(1));
        users.with(list -> assertThat(list).isEqualTo(List.of(new DomainUser(gpu, Pasid.NONE))));
        assertThatThrownBy(() -> users.leave(nic, Pasid.of(1))).hasMessageContaining("nic, PASID 0x1 does not use");
    }

    @Test
    void domainInUseIsNotFreed() {
        DomainUsers users = new DomainUsers("first-stage#1", new FakeLock());
        users.requireNone();
        users.join(device("nic"), Pasid.of(1));

        assertThat(users.isEmpty()).isFalse();
        assertThatThrownBy(users::requireNone)
                .isInstanceOfSatisfying(
                        IommuException.class, e -> assertThat(e.errno()).isEqualTo(Errno.EBUSY))
                .hasMessageContaining("first-stage#1 is attached to 1 (nic, PASID 0x1)");
    }

    @Test
    void nobodyJoinsOrLeavesWhileUsersAreTold() {
        FakeLock lock = new FakeLock();
        DomainUsers users = new DomainUsers("first-stage#1", lock);

        users.with(list -> assertThat(lock.isHeld()).isTrue());

        assertThat(lock.isHeld()).isFalse();
    }
}
