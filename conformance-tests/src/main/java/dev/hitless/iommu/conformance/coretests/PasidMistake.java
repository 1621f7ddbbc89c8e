package dev.hitless.iommu.conformance.coretests;

import dev.hitless.iommu.api.Errno;
import dev.hitless.iommu.conformance.rules.Rule;
import java.util.EnumSet;
import java.util.Set;

/** Something wrong about a call that names a PASID. In the order in which the contract checks. */
enum PasidMistake implements Mistake<PasidMistake> {
    STRANGER(1, Errno.ENODEV, Rule.CORE_02, "the device is in no group"),
    KIND(2, Errno.EOPNOTSUPP, Rule.CORE_02, "the driver cannot put such a domain there"),
    NO_REMOVAL(
            2,
            Errno.EOPNOTSUPP,
            Rule.CORE_02,
            "the driver cannot put its blocked domain there, so nothing could be detached"),
    FOREIGN(3, Errno.EINVAL, Rule.CORE_08, "the domain is of another driver instance"),
    PASID_0(3, Errno.EINVAL, Rule.CORE_08, "PASID 0"),
    NO_HANDLE(3, Errno.EINVAL, Rule.CORE_08, "no handle"),
    RECOVERY(4, Errno.EBUSY, Rule.CORE_10, "a device of the group is being reset"),
    NO_PASIDS(5, Errno.EOPNOTSUPP, Rule.CORE_06, "no device of the group has PASIDs"),
    RANGE(5, Errno.EINVAL, Rule.CORE_08, "the PASID is out of range of another device of the group"),
    OCCUPIED(6, Errno.EBUSY, Rule.CORE_02, "something is attached there"),
    UNATTACHED(6, Errno.EINVAL, Rule.CORE_08, "nothing is attached there"),
    HANDLE_IN_USE(7, Errno.EINVAL, Rule.CORE_07, "the handle in use is given again"),
    DRIVER(8, Errno.ENOSPC, Rule.CORE_02, "the driver fails");

    /** What of an attach can be wrong. */
    static final Set<PasidMistake> OF_ATTACH = EnumSet.complementOf(EnumSet.of(NO_HANDLE, UNATTACHED, HANDLE_IN_USE));
    /** What of a replace can be wrong. */
    static final Set<PasidMistake> OF_REPLACE =
            EnumSet.complementOf(EnumSet.of(NO_REMOVAL, NO_PASIDS, RANGE, OCCUPIED));

    /** Mistakes of one set contradict each other. */
    private static final Set<Set<PasidMistake>> EXCLUSIVE = Set.of(
            EnumSet.of(PASID_0, RANGE, UNATTACHED, HANDLE_IN_USE),
            EnumSet.of(RANGE, OCCUPIED),
            EnumSet.of(NO_HANDLE, HANDLE_IN_USE),
            EnumSet.of(STRANGER, NO_PASIDS),
            EnumSet.of(NO_PASIDS, OCCUPIED),
            EnumSet.of(NO_PASIDS, RANGE),
            EnumSet.of(KIND, NO_REMOVAL),
            EnumSet.of(KIND, FOREIGN));

    private final int check;
    private final Errno errno;
    private final Rule rule;
    private final String what;

    PasidMistake(int check, Errno errno, Rule rule, String what) {
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
    public boolean contradicts(PasidMistake other) {
        return EXCLUSIVE.stream().anyMatch(set -> set.contains(this) && set.contains(other));
    }
}
