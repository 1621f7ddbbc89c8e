package dev.hitless.iommu.driver.support.domain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.when;

import dev.hitless.iommu.api.DomainType;
import dev.hitless.iommu.api.Errno;
import dev.hitless.iommu.api.IommuDevice;
import dev.hitless.iommu.api.IommuDomain;
import dev.hitless.iommu.api.IommuDriver;
import dev.hitless.iommu.api.IommuException;
import dev.hitless.iommu.api.Pasid;
import dev.hitless.iommu.driver.support.FakeLock;
import dev.hitless.iommu.driver.support.unit.DriverLocks;
import java.util.ArrayList;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

class DomainsTest {
    private static final Pasid PASID = Pasid.of(5);

    private final List<String> log = new ArrayList<>();
    private final DomainRegistry registry = new DomainRegistry(new FakeLock());
    private final DomainOwner owner = new DomainOwner(
            mock(IommuDriver.class),
            registry,
            new Replacer(),
            new DriverLocks((lockClass, name) -> new FakeLock(), "fourth"));
    private final IommuDevice nic = mock(IommuDevice.class);

    DomainsTest() {
        when(nic.name()).thenReturn("nic");
    }

    private final class Replacer implements DomainReplacer {
        @Override
        public void replace(IommuDevice device, Pasid pasid, IommuDomain old, IommuDomain target) {
            log.add(device.name() + ", " + pasid + ": " + old + " to " + target);
        }

        @Override
        public void cutOff(IommuDevice device, Pasid pasid) {
            log.add("cut off");
        }

        @Override
        public void settle(IommuDevice device, Pasid pasid) {
            log.add("settle " + pasid);
        }
    }

    private final class Table extends AllocatedDomain {
        private final NestedDomains<Table> children = new NestedDomains<>(this);

        Table(String name) {
            super(owner, DomainType.PAGING, name);
        }

        @Override
        public String matrixName() {
            return "table";
        }

        @Override
        protected void requireNoDependents() {
            children.requireNone();
        }

        @Override
        protected void release() {
            log.add("release " + name());
        }
    }

    private final class Blocked extends StaticDomain {
        Blocked() {
            super(owner, DomainType.BLOCKED, "blocked");
        }
    }

    private static void refuses(Errno errno, ThrowingCallable call) {
        assertThatThrownBy(call).isInstanceOfSatisfying(IommuException.class, e -> assertThat(e.errno())
                .isEqualTo(errno));
    }

    @Test
    void settingADomainIsTheReplacersBusiness() {
        Blocked blocked = new Blocked();
        registry.add("table", Table::new).setDevPasid(nic, PASID, blocked);
        assertThat(log).containsExactly("nic, PASID 0x5: blocked to table#1");
    }

    @Test
    void aStaticDomainHasNoUsersAndIsNeverFreed() {
        Blocked blocked = new Blocked();
        blocked.join(nic, PASID);
        blocked.leave(nic, PASID);
        assertThatCode(blocked::requireNotFreed).doesNotThrowAnyException();
        assertThat(blocked.matrixName()).isEqualTo("blocked");
        refuses(Errno.EINVAL, blocked::free);
    }

    @Test
    void aDomainInUseIsNotFreed() {
        Table table = registry.add("table", Table::new);
        table.join(nic, PASID);
        refuses(Errno.EBUSY, table::free);
        table.leave(nic, PASID);
        table.free();
        assertThat(log).containsExactly("settle PASID 0x5", "release table#1");
    }

    @Test
    void aFreedDomainTakesNobodyAndIsNotFreedAgain() {
        Table table = registry.add("table", Table::new);
        table.free();
        refuses(Errno.EINVAL, () -> table.join(nic, PASID));
        assertThat(table.users().isEmpty()).isTrue();
        refuses(Errno.EINVAL, table::free);
        registry.releaseAll();
        assertThat(log).containsExactly("release table#1");
    }

    @Test
    void aParentOutlivesWhatIsNestedOnIt() {
        Table parent = registry.add("parent", Table::new);
        Table child = registry.add("child", Table::new);
        parent.children.add(child);
        refuses(Errno.EBUSY, parent::free);
        parent.children.forEach(nested -> log.add("told " + nested));
        parent.children.remove(child);
        parent.free();
        assertThat(log).containsExactly("told child#2", "release parent#1");
        refuses(Errno.EINVAL, () -> parent.children.add(child));
        assertThatCode(parent.children::requireNone)
                .as("who came too late is not there")
                .doesNotThrowAnyException();
    }

    @Test
    void whatIsLeftIsReleasedYoungestFirst() {
        registry.add("parent", Table::new);
        registry.add("child", Table::new);
        registry.releaseAll();
        registry.releaseAll();
        assertThat(log).containsExactly("release child#2", "release parent#1");
    }
}
