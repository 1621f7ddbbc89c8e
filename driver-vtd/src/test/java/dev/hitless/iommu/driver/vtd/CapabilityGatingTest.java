package dev.hitless.iommu.driver.vtd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hitless.iommu.api.AddressSpace;
import dev.hitless.iommu.api.Capability;
import dev.hitless.iommu.api.DomainType;
import dev.hitless.iommu.api.Errno;
import dev.hitless.iommu.api.IommuDevice;
import dev.hitless.iommu.api.IommuException;
import dev.hitless.iommu.api.NestedConfig;
import dev.hitless.iommu.api.PagingDomain;
import dev.hitless.iommu.api.PagingFormat;
import dev.hitless.iommu.api.Pasid;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.mockito.Mockito;

class CapabilityGatingTest {
    private static VtdDriver without(int... ecapBits) {
        long ecap = FakeUnit.ECAP;
        for (int bit : ecapBits) {
            ecap &= ~(1L << bit);
        }
        return new FakeUnit(FakeUnit.CAP, ecap).driver();
    }

    private static Set<Capability> lostWithout(int... ecapBits) {
        Set<Capability> lost = EnumSet.allOf(Capability.class);
        lost.removeAll(without(ecapBits).capabilities().capabilities());
        return lost;
    }

    private static void assertRefused(Errno errno, ThrowingCallable call) {
        assertThatThrownBy(call).isInstanceOfSatisfying(IommuException.class, e -> assertThat(e.errno())
                .isEqualTo(errno));
    }

    @Test
    void everythingIsClaimedOnHardwareThatHasEverything() {
        assertThat(lostWithout()).isEmpty();
        assertThat(without().capabilities().onPasid()).containsExactlyInAnyOrder(DomainType.values());
    }

    @Test
    void eachBitTakesAwayWhatNeedsIt() {
        assertThat(lostWithout(2)).containsExactlyInAnyOrder(Capability.ATS, Capability.PRI);
        assertThat(lostWithout(6)).containsExactly(Capability.IDENTITY);
        assertThat(lostWithout(26)).containsExactly(Capability.NESTED);
        assertThat(lostWithout(29)).containsExactly(Capability.PRI);
        assertThat(lostWithout(42)).containsExactly(Capability.PRI);
        assertThat(lostWithout(40)).containsExactlyInAnyOrder(Capability.PASID, Capability.SVA);
        assertThat(lostWithout(46)).containsExactlyInAnyOrder(Capability.SECOND_STAGE, Capability.NESTED);
        assertThat(lostWithout(47))
                .containsExactlyInAnyOrder(Capability.FIRST_STAGE, Capability.NESTED, Capability.SVA);
        assertThat(lostWithout(48)).containsExactly(Capability.SVA);
    }

    @Test
    void whatIsNotClaimedIsRefused() {
        assertRefused(Errno.EOPNOTSUPP, () -> without(6).identityDomain());
        assertRefused(Errno.EOPNOTSUPP, () -> without(48).allocateSva(Mockito.mock(AddressSpace.class)));
        VtdDriver flat = without(26);
        PagingDomain parent = flat.allocatePaging(flat.capabilities().formats().get(2));
        assertRefused(Errno.EOPNOTSUPP, () -> flat.allocateNested(parent, new NestedConfig(0, 4, Map.of())));
        PagingFormat first = without().capabilities().formats().get(0);
        assertRefused(Errno.EOPNOTSUPP, () -> without(47).allocatePaging(first));
    }

    @Test
    void pasidsAreRefusedWithoutPasidSupportButRequestsWithoutPasidWork() {
        FakeUnit unit = new FakeUnit(FakeUnit.CAP, FakeUnit.ECAP & ~(1L << 40));
        VtdDriver driver = unit.driver();
        IommuDevice device = driver.probe(unit.device("nic", 0x0100, false));
        PagingDomain domain =
                driver.allocatePaging(driver.capabilities().formats().get(0));
        assertThat(device.maxPasids()).isZero();
        assertRefused(Errno.EOPNOTSUPP, () -> domain.setDevPasid(device, Pasid.of(1), driver.blockedDomain()));
        domain.setDevPasid(device, Pasid.NONE, driver.blockedDomain());
        assertThat(driver.attachments(device)).isEqualTo(Map.of(Pasid.NONE, domain));
    }

    @Test
    void formatsFollowTheLevelsAndPageSizesOfTheHardware() {
        long cap = FakeUnit.CAP & ~(1L << 11 | 3L << 34 | 1L << 56 | 1L << 60 | 0x3FL << 16) | 47L << 16;
        List<PagingFormat> formats =
                new FakeUnit(cap, FakeUnit.ECAP).driver().capabilities().formats();
        assertThat(formats)
                .extracting(PagingFormat::label)
                .containsExactly("first-stage-4-level", "second-stage-3-level", "second-stage-4-level");
        assertThat(formats).extracting(PagingFormat::inputAddressBits).containsExactly(47, 39, 48);
        assertThat(formats)
                .extracting(PagingFormat::pageSizes)
                .containsExactly(1L << 12 | 1L << 21, 1L << 12, 1L << 12);
    }

    @ParameterizedTest
    @CsvSource({"SRE, 31", "EAFE, 34"})
    void aGuestFieldThatHardwareLacksIsRefused(String field, int bit) {
        NestedConfig config = new NestedConfig(0x1000, 4, Map.of(field, 1L));
        VtdDriver full = without();
        full.allocateNested(full.allocatePaging(full.capabilities().formats().get(3)), config);
        VtdDriver poor = without(bit);
        PagingDomain parent = poor.allocatePaging(poor.capabilities().formats().get(3));
        assertRefused(Errno.EINVAL, () -> poor.allocateNested(parent, config));
        parent.free();
    }

    @Test
    void aGuestConfigurationThatMakesNoSenseIsRefused() {
        VtdDriver driver = without();
        PagingDomain parent =
                driver.allocatePaging(driver.capabilities().formats().get(3));
        PagingDomain first =
                driver.allocatePaging(driver.capabilities().formats().get(0));
        for (NestedConfig config : List.of(
                new NestedConfig(0x1000, 4, Map.of("WPE", 1L)),
                new NestedConfig(0x1000, 4, Map.of("SRE", 2L)),
                new NestedConfig(0x1000, 4, Map.of("XYZ", 0L)),
                new NestedConfig(0x1000, 3, Map.of()),
                new NestedConfig(0x1008, 4, Map.of()),
                new NestedConfig(1L << 48, 4, Map.of()))) {
            assertRefused(Errno.EINVAL, () -> driver.allocateNested(parent, config));
        }
        assertRefused(Errno.EINVAL, () -> driver.allocateNested(first, new NestedConfig(0x1000, 4, Map.of())));
        parent.free();
    }

    @Test
    void domainIdsRunOutAndComeBack() {
        // ND = 0: ids 0..15, of which 0 and 1 are reserved.
        VtdDriver driver = new FakeUnit(FakeUnit.CAP & ~7L, FakeUnit.ECAP).driver();
        PagingFormat format = driver.capabilities().formats().get(0);
        PagingDomain domain = driver.allocatePaging(format);
        for (int i = 1; i < 14; i++) {
            driver.allocatePaging(format);
        }
        assertRefused(Errno.ENOSPC, () -> driver.allocatePaging(format));
        domain.free();
        driver.allocatePaging(format);
    }

    @Test
    void noMemoryForATableGivesTheDomainIdBack() {
        FakeUnit unit = new FakeUnit(FakeUnit.CAP & ~7L, FakeUnit.ECAP);
        VtdDriver driver = unit.driver();
        PagingFormat format = driver.capabilities().formats().get(0);
        for (int i = 0; i < 20; i++) {
            unit.memory.allocationsLeft = 0;
            assertRefused(Errno.ENOMEM, () -> driver.allocatePaging(format));
        }
        unit.memory.allocationsLeft = 1;
        driver.allocatePaging(format);
    }
}
