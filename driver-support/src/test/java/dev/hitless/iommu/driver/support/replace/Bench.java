package dev.hitless.iommu.driver.support.replace;

import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.when;

import dev.hitless.iommu.api.DeviceDescription;
import dev.hitless.iommu.api.DomainType;
import dev.hitless.iommu.api.Errno;
import dev.hitless.iommu.api.IommuDriver;
import dev.hitless.iommu.api.IommuException;
import dev.hitless.iommu.api.Pasid;
import dev.hitless.iommu.api.PciFunction;
import dev.hitless.iommu.api.ReplacePlan;
import dev.hitless.iommu.api.platform.EventSink;
import dev.hitless.iommu.driver.support.FakeLock;
import dev.hitless.iommu.driver.support.device.PciFeatures;
import dev.hitless.iommu.driver.support.device.ProbedDevice;
import dev.hitless.iommu.driver.support.domain.AllocatedDomain;
import dev.hitless.iommu.driver.support.domain.AttachableDomain;
import dev.hitless.iommu.driver.support.domain.DomainOwner;
import dev.hitless.iommu.driver.support.domain.DomainRegistry;
import dev.hitless.iommu.driver.support.domain.StaticDomain;
import dev.hitless.iommu.driver.support.unit.DriverLocks;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The smallest driver that can be made of these packages: its hardware is a log of what it was told. */
final class Bench {
    final List<String> log = new ArrayList<>();
    final IommuDriver driver = mock(IommuDriver.class);
    final EventSink events = mock(EventSink.class);
    final DriverLocks locks = new DriverLocks((lockClass, name) -> new FakeLock(), "fourth");
    final Replacement replacement = new Replacement();
    final DomainOwner owner = new DomainOwner(driver, new DomainRegistry(new FakeLock()), replacement, locks);
    final Blocked blocked = new Blocked(owner);
    final Device device;
    /** What the next step that is named here throws. */
    String failing = "";

    boolean oldInForce;

    Bench() {
        when(driver.blockedDomain()).thenReturn(blocked);
        device = new Device(8);
    }

    Paging newPaging(String name) {
        return new Paging(owner, name);
    }

    final class Device extends ProbedDevice<AttachableDomain> {
        Device(int pasidBits) {
            this(new DeviceDescription("nic", List.of(0x100), pasidBits, true, 1, false, mock(PciFunction.class)));
        }

        private Device(DeviceDescription description) {
            super(driver, description, PciFeatures.shared(description, 20, true, false), locks);
        }
    }

    static final class Blocked extends StaticDomain {
        Blocked(DomainOwner owner) {
            super(owner, DomainType.BLOCKED, "blocked");
        }
    }

    final class Paging extends AllocatedDomain {
        Paging(DomainOwner owner, String name) {
            super(owner, DomainType.PAGING, name);
        }

        @Override
        public String matrixName() {
            return "paging";
        }

        @Override
        protected void release() {
            log.add("release " + name());
        }
    }

    final class Replacement extends DomainReplacement<Device, AttachableDomain> {
        @Nullable
        AttachableDomain misfit;

        Replacement() {
            super(new Ownership<>(driver, Device.class, AttachableDomain.class), events);
        }

        @Override
        protected void requireFits(Device device, Pasid pasid, AttachableDomain target) {
            if (target == misfit) {
                throw new IommuException(Errno.EOPNOTSUPP, "does not fit");
            }
        }

        @Override
        protected DomainSwitch newSwitch(
                Device device, Pasid pasid, AttachableDomain previous, AttachableDomain target) {
            return new Switch(previous, target);
        }

        @Override
        protected void drainPageRequests(Device device, Pasid pasid, AttachableDomain previous) {
            step("drain " + previous);
        }

        @Override
        protected void withTables(Device device, Pasid pasid, Runnable change) {
            log.add("tables taken");
            change.run();
            log.add("tables given back");
        }
    }

    private void step(String what) {
        log.add(what);
        if (!failing.isEmpty() && what.startsWith(failing)) {
            throw new IommuException(Errno.ETIMEDOUT, "hardware does not answer");
        }
    }

    private final class Switch implements DomainSwitch {
        private final AttachableDomain previous;
        private final AttachableDomain target;

        Switch(AttachableDomain previous, AttachableDomain target) {
            this.previous = previous;
            this.target = target;
        }

        @Override
        public void prepare() {
            step("prepare");
        }

        @Override
        public ReplacePlan kind() {
            return ReplacePlan.IN_PLACE;
        }

        @Override
        public void carryOut() {
            step("switch " + previous + " to " + target + (isUser(target) ? ", which knows" : ""));
        }

        @Override
        public void block() {
            log.add("block");
        }

        @Override
        public boolean isOldInForce(IommuException failure) {
            return oldInForce;
        }
    }

    boolean isUser(AttachableDomain domain) {
        return domain instanceof AllocatedDomain allocated && !allocated.users().isEmpty();
    }
}
