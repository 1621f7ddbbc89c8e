package dev.hitless.iommu.conformance.coretests;

import dev.hitless.iommu.api.Errno;
import dev.hitless.iommu.conformance.rules.Rule;
import java.util.EnumSet;
import java.util.Set;

/** Something wrong about a call for requests without PASID. In the order in which the contract checks. */
enum RidMistake implements Mistake<RidMistake> {
    NO_HANDLE(1, Errno.EINVAL, Rule.CORE_08, "no handle"),
    OCCUPIED(2, Errno.EBUSY, Rule.CORE_02, "something is attached there"),
    NO_DEVICE(3, Errno.EINVAL, Rule.CORE_02, "the group has no device"),
    FOREIGN(3, Errno.EINVAL, Rule.CORE_08, "the domain is of another driver instance"),
    KIND(4, Errno.EOPNOTSUPP, Rule.CORE_02, "the driver cannot put such a domain there"),
    RECOVERY(5, Errno.EBUSY, Rule.CORE_10, "a device of the group is being reset"),
    DRIVER(6, Errno.ENOSPC, Rule.CORE_02, "the driver fails");

    /** What of an attach can be wrong. */
    static final Set<RidMistake> OF_ATTACH = EnumSet.allOf(RidMistake.class);
    /** What of a replace can be wrong. */
    static final Set<RidMistake> OF_REPLACE = EnumSet.complementOf(EnumSet.of(OCCUPIED));

    private static final Set<RidMistake> NEED_A_DEVICE = EnumSet.of(OCCUPIED, RECOVERY, DRIVER);

    private final int check;
    private final Errno errno;
    private final Rule rule;
    private final String what;

    RidMistake(int check, Errno errno, Rule rule, String what) {
        this.check = check;
        this.errno = errno;
        this.rule = rule;
        this.what = what;
    }

    @Override
    public Refusal refusal() {
        return new Refusal(check, errno, rule, what);
    }

    @Override
    public boolean isOfTheDriver() {
        return this == DRIVER;
    }

    @Override
    public boolean contradicts(RidMistake other) {
        return (this == NO_DEVICE && NEED_A_DEVICE.contains(other))
                || (other == NO_DEVICE && NEED_A_DEVICE.contains(this));
    }
}
