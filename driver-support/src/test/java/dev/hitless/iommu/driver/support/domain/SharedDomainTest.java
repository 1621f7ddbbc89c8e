package dev.hitless.iommu.driver.support.domain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.ArgumentMatchers.contains;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.never;
import static org.mockito.Mockito.verify;
import static org.mockito.Mockito.when;

import dev.hitless.iommu.api.AddressSpace;
import dev.hitless.iommu.api.Errno;
import dev.hitless.iommu.api.IommuDevice;
import dev.hitless.iommu.api.IommuDriver;
import dev.hitless.iommu.api.IommuException;
import dev.hitless.iommu.api.Pasid;
import dev.hitless.iommu.api.platform.EventSink;
import dev.hitless.iommu.driver.support.FakeLock;
import dev.hitless.iommu.driver.support.track.DomainUser;
import dev.hitless.iommu.driver.support.unit.DriverLocks;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The memory management cannot be told that hardware failed: what caches were not made to forget stays owed. */
class SharedDomainTest {
    private static final String SMALL = "0x1000 4096";
    private static final String ALL = "all";

    private final List<String> log = new ArrayList<>();
    private final EventSink events = mock(EventSink.class);
    private final AddressSpace space = mock(AddressSpace.class);
    /** What happens while hardware forgets something, once each. */
    private final Deque<Runnable> meanwhile = new ArrayDeque<>();

    private final Shared domain = new Shared();

    private final class Shared extends SharedDomain {
        Shared() {
            super(
                    new DomainOwner(
                            mock(IommuDriver.class),
                            new DomainRegistry(new FakeLock()),
                            mock(DomainReplacer.class),
                            new DriverLocks((lockClass, name) -> new FakeLock(), "fourth")),
                    "sva#1",
                    space,
                    events);
            listen();
        }

        @Override
        protected void forget(long address, long lengthBytes) {
            carryOut("0x" + Long.toHexString(address) + " " + lengthBytes);
        }

        @Override
        protected void forgetAll() {
            carryOut(ALL);
        }

        private void carryOut(String what) {
            log.add(what);
            if (!meanwhile.isEmpty()) {
                meanwhile.pop().run();
            }
        }

        @Override
        protected void fence(DomainUser user) {
            log.add("fence " + user.pasid() + (isDead() ? "" : " alive"));
        }

        @Override
        protected void fenced(List<DomainUser> users) {
            carryOut("fenced " + users.size());
        }

        @Override
        protected void giveBack() {
            log.add("give back");
        }
    }

    private static void fail() {
        throw new IommuException(Errno.ETIMEDOUT, "no answer");
    }

    private void invalidate() {
        domain.invalidate(0x1000, 4096);
    }

    @Test
    void whatHardwareDidNotForgetIsMadeUpForByTheNextInvalidation() {
        meanwhile.add(SharedDomainTest::fail);
        invalidate();
        verify(events).warning(contains("0x1000"));

        invalidate();
        invalidate();

        assertThat(log).containsExactly(SMALL, ALL, SMALL);
    }

    @Test
    void makingUpForItMayFailAsWell() {
        meanwhile.add(SharedDomainTest::fail);
        meanwhile.add(SharedDomainTest::fail);
        invalidate();
        invalidate();
        invalidate();
        invalidate();

        assertThat(log).containsExactly(SMALL, ALL, ALL, SMALL);
    }

    @Test
    void oneThatBeganBeforeAnotherFailedMakesNothingGood() {
        meanwhile.add(this::invalidate);
        meanwhile.add(SharedDomainTest::fail);
        invalidate();

        invalidate();

        assertThat(log).containsExactly(SMALL, SMALL, ALL);
    }

    @Test
    void norDoesOneThatDropsEverything() {
        meanwhile.add(SharedDomainTest::fail);
        invalidate();
        meanwhile.add(this::invalidate);
        meanwhile.add(SharedDomainTest::fail);
        invalidate();

        invalidate();
        invalidate();

        assertThat(log).containsExactly(SMALL, ALL, ALL, ALL, SMALL);
    }

    @Test
    void aDeadAddressSpaceIsDeadBeforeItsUsersAreFenced() {
        IommuDevice nic = mock(IommuDevice.class);
        when(nic.name()).thenReturn("nic");
        domain.join(nic, Pasid.of(5));
        meanwhile.add(SharedDomainTest::fail);

        domain.released();

        assertThat(log).containsExactly("fence PASID 0x5", "fenced 1");
        verify(events).warning(contains("may still reach it"));
    }

    @Test
    void itHearsOfNothingAnyMoreWhenItIsFreed() {
        verify(space).addListener(domain);
        verify(space, never()).removeListener(domain);

        domain.free();

        verify(space).removeListener(domain);
        assertThat(log).containsExactly("give back");
    }
}
