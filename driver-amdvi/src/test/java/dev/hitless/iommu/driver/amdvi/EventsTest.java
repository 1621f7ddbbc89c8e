package dev.hitless.iommu.driver.amdvi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hitless.iommu.api.Errno;
import dev.hitless.iommu.api.IommuException;
import dev.hitless.iommu.api.PageRequest;
import dev.hitless.iommu.api.PageResponse;
import dev.hitless.iommu.api.PagingDomain;
import dev.hitless.iommu.api.Pasid;
import org.junit.jupiter.api.Test;

/** Faults and page requests, as the hardware model logs them. */
class EventsTest {
    private static final int ID = 0x128;
    private static final Pasid PASID = Pasid.of(0xABC);

    private final ModelledUnit unit = new ModelledUnit();
    private final AmdviDevice device = unit.probe("nic", ID);

    @Test
    void aFaultIsReportedOnce() {
        assertThat(unit.access(ID, PASID).isFault()).isTrue();
        unit.driver.serviceEvents();
        unit.driver.serviceEvents();
        assertThat(unit.platform.faultReports()).singleElement().satisfies(fault -> {
            assertThat(fault.requesterId()).isEqualTo(ID);
            assertThat(fault.pasid()).isEqualTo(PASID);
            assertThat(fault.iova() & -4096L).isEqualTo(ModelledUnit.IOVA);
            assertThat(fault.write()).isTrue();
            assertThat(fault.code()).isEqualTo(2);
        });
    }

    @Test
    void moreEventsThanTheLogHoldsAreAWarningAndLoggingGoesOn() {
        for (int i = 0; i < 600; i++) {
            unit.access(ID, PASID);
        }
        unit.driver.serviceEvents();
        assertThat(unit.platform.warnings()).singleElement().asString().contains("events were lost");
        int before = unit.platform.faultReports().size();
        unit.access(ID, PASID);
        unit.driver.serviceEvents();
        assertThat(unit.platform.faultReports()).hasSize(before + 1);
    }

    @Test
    void aPageRequestIsHandedOverAndAnsweredOnce() {
        attach();
        assertThat(unit.platform.model().pageRequest(ID, PASID.value(), 0x1F, true, 0x7000, false, true))
                .isTrue();
        unit.driver.serviceEvents();
        assertThat(unit.platform.pageRequests())
                .containsExactly(new PageRequest(ID, PASID, 0x1F, true, 0x7000, false, true));
        PageResponse response = new PageResponse(ID, PASID, 0x1F, PageResponse.Code.SUCCESS);
        unit.driver.respond(response);
        assertThat(unit.platform.pageResponses()).containsExactly(response);
        assertThatThrownBy(() -> unit.driver.respond(response))
                .isInstanceOfSatisfying(
                        IommuException.class, e -> assertThat(e.errno()).isEqualTo(Errno.ENOENT));
    }

    @Test
    void pageRequestsOfTheOldDomainAreHandedOverBeforeAReplacementReturns() {
        PagingDomain domain = attach();
        unit.platform.model().pageRequest(ID, PASID.value(), 3, true, 0x7000, true, false);
        unit.driver.blockedDomain().setDevPasid(device, PASID, domain);
        assertThat(unit.platform.pageRequests()).hasSize(1);
    }

    private PagingDomain attach() {
        PagingDomain domain = unit.domain("v2-5-level", 0x1_0000_0000L);
        domain.setDevPasid(device, PASID, unit.driver.blockedDomain());
        return domain;
    }
}
