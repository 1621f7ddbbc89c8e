package dev.hitless.iommu.driver.support.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.Mockito.doAnswer;
import static org.mockito.Mockito.doThrow;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.verify;
import static org.mockito.Mockito.when;

import dev.hitless.iommu.api.DeviceDescription;
import dev.hitless.iommu.api.Errno;
import dev.hitless.iommu.api.IommuDomain;
import dev.hitless.iommu.api.IommuDriver;
import dev.hitless.iommu.api.IommuException;
import dev.hitless.iommu.api.Pasid;
import dev.hitless.iommu.api.PciFunction;
import dev.hitless.iommu.driver.support.FakeLock;
import dev.hitless.iommu.driver.support.FakePlatform;
import dev.hitless.iommu.driver.support.domain.AttachableDomain;
import dev.hitless.iommu.driver.support.domain.DomainReplacer;
import dev.hitless.iommu.driver.support.track.DomainUser;
import dev.hitless.iommu.driver.support.unit.DriverLocks;
import dev.hitless.iommu.driver.support.update.EntryContent;
import java.util.ArrayList;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

class DevicesTest {
    private static final Pasid PASID = Pasid.of(5);

    private final List<String> log = new ArrayList<>();
    private final FakePlatform platform = new FakePlatform();
    private final IommuDriver driver = mock(IommuDriver.class);
    private final IommuDomain blocked = mock(IommuDomain.class);
    private final DriverLocks locks = new DriverLocks((lockClass, name) -> new FakeLock(), "fourth");
    private final DomainReplacer replacer = mock(DomainReplacer.class);
    private final DeviceRegistry<Device> registry =
            new DeviceRegistry<>(new Setup(), replacer, platform, new FakeLock());
    private boolean installFails;
    private boolean removalFails;

    DevicesTest() {
        when(driver.blockedDomain()).thenReturn(blocked);
    }

    private final class Device extends ProbedDevice<AttachableDomain> {
        Device(DeviceDescription description) {
            super(driver, description, PciFeatures.shared(description, 8, true, true), locks);
        }
    }

    private final class Setup implements DeviceSetup<Device> {
        @Override
        public void requireRequesterId(String deviceName, int requesterId) {
            if (requesterId > 0xFFFF) {
                throw new IommuException(Errno.EINVAL, deviceName + " does not fit");
            }
        }

        @Override
        public Device create(DeviceDescription description) {
            log.add("create");
            return new Device(description);
        }

        @Override
        public void install(Device device) {
            log.add("install");
            if (installFails) {
                throw new IommuException(Errno.EIO, "hardware does not answer");
            }
        }

        @Override
        public void remove(Device device) {
            log.add("remove");
            if (removalFails) {
                throw new IommuException(Errno.EIO, "hardware does not answer");
            }
        }

        @Override
        public void free(Device device) {
            log.add("free");
        }

        @Override
        public void forget(Device device) {
            log.add("forget");
        }
    }

    private DeviceDescription description(String name, int pasidBits, Integer... ids) {
        return new DeviceDescription(name, List.of(ids), pasidBits, true, 1, true, new Function());
    }

    private final class Function implements PciFunction {
        @Override
        public boolean isPresent() {
            return !log.contains("gone");
        }

        @Override
        public void setPasidEnabled(boolean enabled) {
            log.add("PASID " + enabled);
        }

        @Override
        public void setAtsEnabled(boolean enabled) {
            log.add("ATS " + enabled);
        }

        @Override
        public void setPriEnabled(boolean enabled) {
            log.add("PRI " + enabled);
        }
    }

    private static void refuses(Errno errno, ThrowingCallable call) {
        assertThatThrownBy(call).isInstanceOfSatisfying(IommuException.class, e -> assertThat(e.errno())
                .isEqualTo(errno));
    }

    @Test
    void featuresGoOnLastAndOffFirst() {
        Device device = registry.probe(description("nic", 4, 0x100));
        assertThat(registry.isReachable(0x100)).isTrue();
        assertThat(device.maxPasids()).isEqualTo(16);
        registry.release(device);
        assertThat(log)
                .containsExactly(
                        "create",
                        "install",
                        "PASID true",
                        "ATS true",
                        "PRI true",
                        "PRI false",
                        "ATS false",
                        "PASID false",
                        "remove",
                        "free",
                        "forget");
        assertThat(registry.isReachable(0x100)).isFalse();
        refuses(Errno.EINVAL, () -> registry.release(device));
        refuses(Errno.EINVAL, () -> device.requirePasid(PASID));
    }

    @Test
    void aDeviceThatIsGoneIsNotTouched() {
        Device device = registry.probe(description("nic", 4, 0x100));
        log.add("gone");
        assertThat(registry.isReachable(0x100)).isFalse();
        registry.release(device);
        assertThat(log).doesNotContain("PRI false", "ATS false", "PASID false");
    }

    @Test
    void onlyWhatBothHaveIsSwitchedOn() {
        Device device = registry.probe(new DeviceDescription("nic", List.of(0x100), 0, false, 0, true, new Function()));
        assertThat(log).containsExactly("create", "install");
        assertThat(device.features().pri()).as("page requests need ATS").isFalse();
        assertThat(device.maxPasids()).isZero();
        refuses(Errno.EOPNOTSUPP, () -> device.requirePasid(PASID));
        device.requirePasid(Pasid.NONE);
    }

    @Test
    void pasidsAreAsWideAsTheNarrowerOfBoth() {
        Device device = registry.probe(description("nic", 20, 0x100));
        assertThat(device.maxPasids()).isEqualTo(256);
        refuses(Errno.EINVAL, () -> device.requirePasid(Pasid.of(256)));
        device.requirePasid(Pasid.of(255));
    }

    @Test
    void aRequesterIdThatIsTakenOrTooLongIsRefused() {
        registry.probe(description("first", 4, 0x100, 0x101));
        log.clear();
        refuses(Errno.EEXIST, () -> registry.probe(description("second", 4, 0x200, 0x101)));
        refuses(Errno.EINVAL, () -> registry.probe(description("third", 4, 0x1_0000)));
        assertThat(log).isEmpty();
    }

    @Test
    void aDeviceThatCannotBeInstalledIsRemovedAndCanBeProbedAgain() {
        installFails = true;
        refuses(Errno.EIO, () -> registry.probe(description("nic", 4, 0x100)));
        assertThat(log).containsExactly("create", "install", "remove", "free");
        installFails = false;
        registry.probe(description("nic", 4, 0x100));
    }

    @Test
    void whatHardwareCannotBeMadeToForgetIsKeptUntilItCanOrIsOff() {
        Device first = registry.probe(description("nic", 4, 0x100));
        removalFails = true;
        registry.release(first);
        assertThat(log).contains("remove").doesNotContain("free");
        assertThat(platform.warnings).hasSize(1);
        refuses(Errno.EIO, () -> registry.probe(description("again", 4, 0x100)));

        removalFails = false;
        Device second = registry.probe(description("again", 4, 0x100));
        assertThat(log).contains("free");
        assertThat(first.isForgotten()).isTrue();

        removalFails = true;
        registry.release(second);
        log.clear();
        registry.freeAll();
        assertThat(log).containsExactly("free");
    }

    @Test
    void whatCannotBeDetachedIsCutOff() {
        Device device = registry.probe(description("nic", 4, 0x100));
        device.attachments().record(PASID, mock(IommuDomain.class));
        doThrow(new IommuException(Errno.ENOMEM, "no memory")).when(blocked).setDevPasid(any(), any(), any());
        registry.release(device);
        verify(replacer).cutOff(device, PASID);
    }

    @Test
    void whatIsStillAttachedIsBlockedWithAWarning() {
        Device device = registry.probe(description("nic", 4, 0x100));
        IommuDomain paging = mock(IommuDomain.class);
        when(paging.name()).thenReturn("paging");
        device.attachments().record(PASID, paging);
        doAnswer(call -> log.add("block " + call.getArgument(1) + " of " + ((IommuDomain) call.getArgument(2)).name()))
                .when(blocked)
                .setDevPasid(any(), any(), any());
        log.clear();
        registry.releaseAll();
        assertThat(log).startsWith("block PASID 0x5 of paging").contains("remove");
        assertThat(platform.warnings).hasSize(2);
        registry.releaseAll();
        assertThat(platform.warnings).hasSize(2);
    }

    @Test
    void onlyDevicesThatKeepTranslationsAreTold() {
        Device nic = registry.probe(description("nic", 4, 0x100));
        Device gpu = registry.probe(new DeviceDescription("gpu", List.of(0x200), 4, false, 0, false, new Function()));
        List<DomainUser> told = new ArrayList<>();
        DeviceCaches.forget(List.of(new DomainUser(nic, PASID), new DomainUser(gpu, PASID)), told::addAll);
        assertThat(told).containsExactly(new DomainUser(nic, PASID));

        told.clear();
        DeviceCaches.forget(List.of(new DomainUser(gpu, PASID)), told::addAll);
        assertThat(told).isEmpty();
    }

    @Test
    void aDeviceThatGoesAwayMeanwhileIsNotWaitedFor() {
        Device nic = registry.probe(description("nic", 4, 0x100));
        List<DomainUser> users = List.of(new DomainUser(nic, PASID));
        refuses(
                Errno.ETIMEDOUT,
                () -> DeviceCaches.forget(users, reachable -> {
                    throw new IommuException(Errno.ETIMEDOUT, "no answer");
                }));
        DeviceCaches.forget(users, reachable -> {
            log.add("gone");
            throw new IommuException(Errno.ETIMEDOUT, "no answer");
        });
    }

    @Test
    void whatInterruptedChangesLeftAddsUpUntilOneGetsThrough() {
        Device device = registry.probe(description("nic", 4, 0x100));
        AttachableDomain domain = mock(AttachableDomain.class);
        doAnswer(call -> log.add("leave " + call.getArgument(1))).when(domain).leave(any(), any());
        InterruptedChanges<AttachableDomain> changes = device.interrupted();
        EntryContent one = EntryContent.of(1);
        EntryContent two = EntryContent.of(2);
        changes.note(PASID, List.of(one), List.of(domain));
        changes.note(PASID, List.of(one, two), List.of());
        assertThat(changes.concern(PASID)).isTrue();
        assertThat(changes.concern(Pasid.NONE)).isFalse();
        assertThat(changes.possiblyCached(PASID)).containsExactlyInAnyOrder(one, two);
        assertThat(changes.lingering(PASID)).containsExactly(domain);
        log.clear();
        changes.settle(PASID);
        changes.settle(PASID);
        assertThat(log).containsExactly("leave PASID 0x5");
        assertThat(changes.concern(PASID)).isFalse();
    }
}
