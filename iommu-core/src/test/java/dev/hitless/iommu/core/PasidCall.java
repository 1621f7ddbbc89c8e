package dev.hitless.iommu.core;

import dev.hitless.iommu.api.DomainType;
import dev.hitless.iommu.api.Errno;
import dev.hitless.iommu.api.IommuDevice;
import dev.hitless.iommu.api.IommuDomain;
import dev.hitless.iommu.api.IommuException;
import dev.hitless.iommu.api.Pasid;
import java.util.EnumSet;
import java.util.List;
import java.util.function.Consumer;
import org.assertj.core.api.Assertions;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.Nullable;

/** One call of attach or replace in the making, good at first; each fault makes one thing about it wrong. */
final class PasidCall {
    /** A mistake, and the refusal that it must lead to. In the order in which the contract checks. */
    enum Fault {
        NO_GROUP(1, Errno.ENODEV, "in no group", PasidCall::takeStranger),
        KIND(2, Errno.EOPNOTSUPP, "cannot put a domain of type", PasidCall::forbidKind),
        NO_BLOCKED(2, Errno.EOPNOTSUPP, "blocked domain", PasidCall::forbidBlocked),
        FOREIGN(3, Errno.EINVAL, "another driver instance", PasidCall::takeForeignDomain),
        PASID_NONE(3, Errno.EINVAL, "PASIDs 1 and up", call -> call.pasid = Pasid.NONE),
        NO_HANDLE(3, Errno.EINVAL, "needs a handle", call -> call.handle = null),
        RECOVERY(4, Errno.EBUSY, "being reset", PasidCall::reset),
        NO_PASIDS(5, Errno.EOPNOTSUPP, "can send requests with PASID", PasidCall::moveToGroupWithoutPasids),
        RANGE(5, Errno.EINVAL, "PASIDs 1..0xff only", call -> call.pasid = Pasid.of(256)),
        UNATTACHED(6, Errno.EINVAL, "nothing is attached", call -> call.pasid = Pasid.of(7)),
        OCCUPIED(6, Errno.EBUSY, "one is attached there", PasidCall::occupy),
        USED_HANDLE(7, Errno.EINVAL, "was used before", PasidCall::useHandle),
        DRIVER(8, Errno.ENOSPC, "injected", PasidCall::makeDriverFail);

        final int check;
        final Errno errno;
        final String reason;
        private final Consumer<PasidCall> make;

        Fault(int check, Errno errno, String reason, Consumer<PasidCall> make) {
            this.check = check;
            this.errno = errno;
            this.reason = reason;
            this.make = make;
        }
    }

    final CoreFixture fixture = new CoreFixture();
    final IommuDevice capable = fixture.device("a", 8);
    IommuDevice device = capable;
    IommuDomain domain = fixture.two;
    Pasid pasid = CoreFixture.PASID;

    @Nullable
    AttachHandle handle = new AttachHandle("new");

    private final boolean replace;

    private PasidCall(boolean replace) {
        this.replace = replace;
        if (replace) {
            fixture.core.attachDevicePasid(fixture.one, device, pasid, new AttachHandle("old"));
        }
    }

    static PasidCall attach() {
        return new PasidCall(false);
    }

    static PasidCall replace() {
        return new PasidCall(true);
    }

    /** Makes the mistakes, those that are checked last first: they need a group that still works. */
    PasidCall with(List<Fault> faults) {
        faults.stream().sorted((x, y) -> y.compareTo(x)).forEach(fault -> fault.make.accept(this));
        return this;
    }

    /** Checks the refusal, and that it changed nothing. */
    void isRefusedFor(Fault fault) {
        fixture.driver.takeCalls();
        List<GroupSnapshot> before = fixture.core.snapshot();
        boolean fresh = handle != null && handle.domain() == null;

        Assertions.assertThatThrownBy(call())
                .isInstanceOfSatisfying(IommuException.class, refusal -> Assertions.assertThat(refusal.errno())
                        .isEqualTo(fault.errno))
                .hasMessageContaining(fault.reason);

        Assertions.assertThat(fixture.core.snapshot()).isEqualTo(before);
        if (fault != Fault.DRIVER) {
            Assertions.assertThat(fixture.driver.calls).isEmpty();
        }
        if (fresh) {
            Assertions.assertThat(new HandleProbe(handle).isStillFresh()).isTrue();
        }
    }

    ThrowingCallable call() {
        return () -> {
            if (replace) {
                fixture.core.replaceDevicePasid(domain, device, pasid, handle);
            } else {
                fixture.core.attachDevicePasid(domain, device, pasid, handle);
            }
        };
    }

    private void takeStranger() {
        device = fixture.driver.probe(fixture.description("stranger", 8, true));
    }

    private void forbidKind() {
        ((RecordingDriver) domain.driver()).onPasid = EnumSet.of(DomainType.SVA, DomainType.BLOCKED);
    }

    private void forbidBlocked() {
        fixture.driver.onPasid = EnumSet.complementOf(EnumSet.of(DomainType.BLOCKED));
    }

    private void takeForeignDomain() {
        domain = new RecordingDriver().domain("foreign");
    }

    private void reset() {
        fixture.core.prepareRecovery(device);
    }

    private void moveToGroupWithoutPasids() {
        IommuGroup bridges = fixture.core.createGroup("bridges");
        device = fixture.core.addDevice(bridges, fixture.description("bridge", 0, true));
    }

    private void occupy() {
        fixture.core.attachDevicePasid(fixture.one, capable, pasid, null);
    }

    private void useHandle() {
        Pasid other = Pasid.of(9);
        IommuDomain once = fixture.driver.domain("once");
        fixture.core.attachDevicePasid(once, capable, other, handle);
        fixture.core.detachDevicePasid(once, capable, other);
    }

    private void makeDriverFail() {
        fixture.driver.fail(device, domain, Errno.ENOSPC);
    }

    /** Uses a handle up, to learn whether it was fresh. */
    private record HandleProbe(@Nullable AttachHandle handle) {
        boolean isStillFresh() {
            return handle != null && handle.claim();
        }
    }
}
