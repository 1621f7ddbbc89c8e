package dev.hitless.iommu.driver.vtd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hitless.iommu.api.Errno;
import dev.hitless.iommu.api.FaultReport;
import dev.hitless.iommu.api.IommuDevice;
import dev.hitless.iommu.api.IommuException;
import dev.hitless.iommu.api.PageRequest;
import dev.hitless.iommu.api.PageResponse;
import dev.hitless.iommu.api.PagingDomain;
import dev.hitless.iommu.api.Pasid;
import org.junit.jupiter.api.Test;

/** Fault records and page requests. */
class EventsTest {
    private static final Pasid PASID = Pasid.of(0xABCDE);

    private final FakeUnit unit = FakeUnit.withEverything();
    private final VtdDriver driver = unit.driver();

    private void receive(int slot, long word0, long word1) {
        long ring = unit.registers[0xD0] & -4096L;
        unit.memory.words.put(ring + 32L * slot, word0);
        unit.memory.words.put(ring + 32L * slot + 8, word1);
        unit.registers[0xC8] = 32L * (slot + 1);
    }

    @Test
    void aFaultRecordIsReportedOnceAndFreed() {
        unit.registers[0x400] = 0x1234_5000L;
        // F, T (read), PV, FR 0x59, PP, SID.
        unit.registers[0x408] = 1L << 63 | 1L << 62 | 0xABCDEL << 40 | 0x59L << 32 | 1L << 31 | 0x0123;
        driver.serviceEvents();
        driver.serviceEvents();
        assertThat(unit.faults)
                .containsExactly(
                        new FaultReport(0x0123, PASID, 0x1234_5000L, false, 0x59, "PASID table entry not present"));
        assertThat(unit.registers[0x408]).isZero();
    }

    @Test
    void aWriteWithoutPasidIsToldFromAReadWithOne() {
        unit.registers[0x408] = 1L << 63 | 0xABCDEL << 40 | 0x85L << 32 | 0x0123;
        driver.serviceEvents();
        assertThat(unit.faults)
                .containsExactly(new FaultReport(0x0123, Pasid.NONE, 0, true, 0x85, "no write permission"));
    }

    @Test
    void lostFaultsAreAWarning() {
        unit.registers[0x34] = 1;
        driver.serviceEvents();
        assertThat(unit.warnings).singleElement().asString().contains("faults were lost");
        assertThat(unit.registers[0x34]).isZero();
    }

    @Test
    void aPageRequestIsHandedOverAndAnsweredOnce() {
        // PASID, SID, PP, type 1; page, group 0x1FF, LPIG, write.
        receive(0, 0x000A_BCDE_0123_0101L, 0x7FFE);
        driver.serviceEvents();
        assertThat(unit.pageRequests).containsExactly(new PageRequest(0x0123, PASID, 0x1FF, true, 0x7000, false, true));
        assertThat(unit.registers[0xC0]).isEqualTo(32);

        driver.probe(unit.device("nic", 0x0123, true));
        PageResponse response = new PageResponse(0x0123, PASID, 0x1FF, PageResponse.Code.SUCCESS);
        driver.respond(response);
        assertThat(unit.executed).contains(InvalidationDescriptor.pageGroupResponse(response));
        assertThatThrownBy(() -> driver.respond(response))
                .isInstanceOfSatisfying(
                        IommuException.class, e -> assertThat(e.errno()).isEqualTo(Errno.ENOENT));
    }

    @Test
    void onlyTheLastRequestOfAGroupWaitsForAnAnswer() {
        receive(0, 0x0123_0001L, 0x7001);
        driver.serviceEvents();
        assertThat(unit.pageRequests)
                .containsExactly(new PageRequest(0x0123, Pasid.NONE, 0, false, 0x7000, true, false));
        assertThatThrownBy(() -> driver.respond(new PageResponse(0x0123, Pasid.NONE, 0, PageResponse.Code.INVALID)))
                .hasMessageContaining("ENOENT");
    }

    @Test
    void pageRequestsAreDrainedBeforeAReplacementReturns() {
        IommuDevice device = driver.probe(unit.device("nic", 0x0123, true));
        PagingDomain domain =
                driver.allocatePaging(driver.capabilities().formats().get(0));
        domain.setDevPasid(device, PASID, driver.blockedDomain());
        receive(0, 0x000A_BCDE_0123_0101L, 0x7005);
        int mark = unit.log.size();
        driver.blockedDomain().setDevPasid(device, PASID, domain);
        assertThat(unit.pageRequests).hasSize(1);
        // A wait with PD.
        assertThat(unit.log.subList(mark, unit.log.size())).anyMatch(line -> line.matches("store64 \\S+ \\w+000000a5"));
    }

    @Test
    void aQueueThatOverflowedIsDrainedAgain() {
        IommuDevice device = driver.probe(unit.device("nic", 0x0123, true));
        PagingDomain domain =
                driver.allocatePaging(driver.capabilities().formats().get(0));
        domain.setDevPasid(device, PASID, driver.blockedDomain());
        int mark = unit.log.size();
        driver.blockedDomain().setDevPasid(device, PASID, domain);
        assertThat(drains(mark)).isEqualTo(1);
        domain.setDevPasid(device, PASID, driver.blockedDomain());
        mark = unit.log.size();
        // Seen after the first drain only: what comes before is read first.
        unit.overflowAtRead = 2;
        driver.blockedDomain().setDevPasid(device, PASID, domain);
        assertThat(drains(mark)).isEqualTo(2);
    }

    private long drains(int mark) {
        return unit.log.subList(mark, unit.log.size()).stream()
                .filter(line -> line.matches("store64 \\S+ \\w+000000a5"))
                .count();
    }

    @Test
    void aQueueThatOverflowsAgainAndAgainEndsInABlockedPasid() {
        IommuDevice device = driver.probe(unit.device("nic", 0x0123, true));
        PagingDomain domain =
                driver.allocatePaging(driver.capabilities().formats().get(0));
        domain.setDevPasid(device, PASID, driver.blockedDomain());
        unit.overflows = true;
        assertThatThrownBy(() -> driver.blockedDomain().setDevPasid(device, PASID, domain))
                .hasMessageContaining("overflows again and again");
        assertThat(unit.warnings).anyMatch(warning -> warning.contains("blocked"));
    }
}
