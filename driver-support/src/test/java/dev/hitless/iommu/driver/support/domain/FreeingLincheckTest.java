package dev.hitless.iommu.driver.support.domain;

import dev.hitless.iommu.api.DomainType;
import dev.hitless.iommu.api.IommuDevice;
import dev.hitless.iommu.api.IommuDomain;
import dev.hitless.iommu.api.IommuDriver;
import dev.hitless.iommu.api.Pasid;
import dev.hitless.iommu.driver.support.NamedDevice;
import dev.hitless.iommu.driver.support.UnderLincheck;
import dev.hitless.iommu.driver.support.unit.DriverLocks;
import java.lang.reflect.Proxy;
import java.util.List;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Validate;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/**
 * A domain is freed while it is attached somewhere, or while another is nested on it. One of the two is refused, or both are:
 * who comes too close need not win.
 */
public class FreeingLincheckTest {
    private static final IommuDriver NOBODY = (IommuDriver) Proxy.newProxyInstance(
            FreeingLincheckTest.class.getClassLoader(), new Class<?>[] {IommuDriver.class}, (proxy, method, args) -> {
                throw new AssertionError("nobody asks");
            });
    private static final Pasid PASID = Pasid.of(5);

    private final IommuDevice device = new NamedDevice("nic");
    private final DomainRegistry registry = new DomainRegistry(UnderLincheck.lock());
    private final DomainOwner owner = new DomainOwner(
            NOBODY, registry, new NothingToSettle(), new DriverLocks((kind, name) -> UnderLincheck.lock(), "test"));
    private final Parent parent = registry.add("parent", name -> new Parent(owner, name));
    private final Child child = registry.add("child", name -> new Child(owner, name));
    private volatile boolean attached;
    private volatile boolean nested;

    @Operation
    public void attach() {
        attached = UnderLincheck.outcome(() -> parent.join(device, PASID)).equals("OK");
    }

    @Operation
    public void nest() {
        nested = UnderLincheck.outcome(() -> parent.children.add(child)).equals("OK");
    }

    @Operation
    public void free() {
        UnderLincheck.outcome(parent::free);
    }

    /** Gone twice would be as bad as gone while in use. */
    @Validate
    public void goneOnceAndByNobodyUsed() {
        if (parent.timesReleased > 1) {
            throw new IllegalStateException("the domain was freed " + parent.timesReleased + " times");
        }
        if (parent.timesReleased > 0 && (attached || nested)) {
            throw new IllegalStateException(
                    "the domain was freed though it is " + (attached ? "attached" : "a parent"));
        }
        if (parent.timesReleased == 0 && attached == parent.users().isEmpty()) {
            throw new IllegalStateException("who has attached the domain, and nobody else, is its user");
        }
    }

    @Test
    @DisplayName("a domain is not freed when it was attached meanwhile, and not attached when it was freed")
    void attachedOrFreed() {
        UnderLincheck.check(FreeingLincheckTest.class, Specification.class, List.of("attach"), List.of("free"));
    }

    @Test
    @DisplayName(
            "a domain is not freed when another was nested on it meanwhile, and gets no such one when it was freed")
    void parentOrFreed() {
        UnderLincheck.check(FreeingLincheckTest.class, Specification.class, List.of("nest"), List.of("free", "free"));
    }

    @Test
    @DisplayName("a domain that two free at once is freed once")
    void freedOnce() {
        UnderLincheck.check(FreeingLincheckTest.class, Specification.class, List.of("free"), List.of("free"));
    }

    /** Nothing is returned; what counts is the validation. */
    public static class Specification {
        public void attach() {}

        public void nest() {}

        public void free() {}
    }

    private static final class Parent extends AllocatedDomain {
        private final NestedDomains<Child> children = new NestedDomains<>(this);
        private int timesReleased;

        Parent(DomainOwner owner, String name) {
            super(owner, DomainType.PAGING, name);
        }

        @Override
        public String matrixName() {
            return name();
        }

        @Override
        protected void requireNoDependents() {
            children.requireNone();
        }

        @Override
        protected void release() {
            timesReleased++;
        }
    }

    private static final class Child extends AllocatedDomain {
        Child(DomainOwner owner, String name) {
            super(owner, DomainType.NESTED, name);
        }

        @Override
        public String matrixName() {
            return name();
        }

        @Override
        protected void release() {}
    }

    private static final class NothingToSettle implements DomainReplacer {
        @Override
        public void replace(IommuDevice device, Pasid pasid, IommuDomain old, IommuDomain target) {
            throw new AssertionError("nobody asks");
        }

        @Override
        public void cutOff(IommuDevice device, Pasid pasid) {
            throw new AssertionError("nobody asks");
        }

        @Override
        public void settle(IommuDevice device, Pasid pasid) {}
    }
}
