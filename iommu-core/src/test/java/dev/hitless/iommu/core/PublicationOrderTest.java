package dev.hitless.iommu.core;

import static dev.hitless.iommu.core.CoreFixture.PASID;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hitless.iommu.api.Errno;
import dev.hitless.iommu.api.IommuDevice;
import dev.hitless.iommu.api.IommuException;
import dev.hitless.iommu.api.Pasid;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the fault path sees while drivers are at work (rule CORE-03). */
class PublicationOrderTest {
    private final CoreFixture fixture = new CoreFixture();
    private final IommuCore core = fixture.core;
    private final IommuDevice device = fixture.device("a", 8);
    private final List<@Nullable AttachHandle> seen = new ArrayList<>();
    private final AttachHandle first = new AttachHandle("first");
    private final AttachHandle second = new AttachHandle("second");

    @BeforeEach
    void lookFromInsideEveryDriverCall() {
        fixture.device("b", 8);
        fixture.driver.duringSet = () -> seen.add(find(PASID));
    }

    private @Nullable AttachHandle find(Pasid pasid) {
        try {
            return core.attachHandleGet(fixture.group, pasid, null);
        } catch (IommuException nothing) {
            assertThat(nothing.errno()).isEqualTo(Errno.ENOENT);
            return null;
        }
    }

    @Test
    void anAttachIsInvisibleUntilEveryDeviceIsOnIt() {
        core.attachDevicePasid(fixture.one, device, PASID, first);

        assertThat(seen).containsExactly(null, null);
        assertThat(find(PASID)).isSameAs(first);
        assertThat(first.domain()).isSameAs(fixture.one);
    }

    @Test
    void aReplaceShowsTheOldHandleUntilEveryDeviceHasSwitched() {
        core.attachDevicePasid(fixture.one, device, PASID, first);
        seen.clear();

        core.replaceDevicePasid(fixture.two, device, PASID, second);

        assertThat(seen).containsExactly(first, first);
        assertThat(find(PASID)).isSameAs(second);
        assertThat(first.isAttached()).isFalse();
        assertThat(second.isAttached()).isTrue();
    }

    @Test
    void aDetachShowsTheHandleUntilEveryDeviceIsBlocked() {
        core.attachDevicePasid(fixture.one, device, PASID, first);
        seen.clear();

        core.detachDevicePasid(fixture.one, device, PASID);

        assertThat(seen).containsExactly(first, first);
        assertThat(find(PASID)).isNull();
        assertThat(first.isAttached()).isFalse();
    }

    @Test
    void aFailedAttachLeavesTheSlotEmptyAndTheHandleFresh() {
        fixture.driver.fail(device, fixture.one, Errno.ENOSPC);

        assertThatThrownBy(() -> core.attachDevicePasid(fixture.one, device, PASID, first))
                .hasMessage("ENOSPC: injected");

        assertThat(find(PASID)).isNull();
        assertThat(first.domain()).isNull();
        core.attachDevicePasid(fixture.two, device, PASID, first);
        assertThat(find(PASID)).isSameAs(first);
    }

    @Test
    void aFailedReplaceLeavesTheOldHandleInPlaceAndTheNewOneFresh() {
        core.attachDevicePasid(fixture.one, device, PASID, first);
        fixture.driver.fail(device, fixture.two, Errno.ENOSPC);

        assertThatThrownBy(() -> core.replaceDevicePasid(fixture.two, device, PASID, second))
                .hasMessage("ENOSPC: injected");

        assertThat(find(PASID)).isSameAs(first);
        assertThat(first.isAttached()).isTrue();
        assertThat(second.domain()).isNull();
    }

    @Test
    void requestsWithoutPasidFollowTheSameOrder() {
        fixture.driver.duringSet = () -> seen.add(find(Pasid.NONE));

        core.attachGroupHandle(fixture.one, fixture.group, first);
        core.replaceGroupHandle(fixture.two, fixture.group, second);
        core.detachGroupHandle(fixture.two, fixture.group);

        assertThat(seen).containsExactly(null, null, first, first, second, second);
        assertThat(find(Pasid.NONE)).isNull();
    }
}
