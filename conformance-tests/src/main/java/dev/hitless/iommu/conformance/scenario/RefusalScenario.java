package dev.hitless.iommu.conformance.scenario;

import dev.hitless.iommu.api.Capability;
import dev.hitless.iommu.api.DeviceDescription;
import dev.hitless.iommu.api.Errno;
import dev.hitless.iommu.api.IommuDomain;
import dev.hitless.iommu.api.PagingDomain;
import dev.hitless.iommu.api.PagingFormat;
import dev.hitless.iommu.api.Pasid;
import dev.hitless.iommu.api.Protection;
import dev.hitless.iommu.conformance.machine.Machine;
import dev.hitless.iommu.conformance.machine.TestDevice;
import dev.hitless.iommu.conformance.rules.Rule;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/** Bad input of every kind: a clear errno, and nothing changes. */
final class RefusalScenario implements Scenario {
    private static final Set<Errno> EINVAL = EnumSet.of(Errno.EINVAL);
    private static final Set<Errno> NO_PASID = EnumSet.of(Errno.EOPNOTSUPP, Errno.EINVAL);
    private static final long PAGE = 0x1000;

    private final Target target;
    private final Variant variant;

    RefusalScenario(Target target, Variant variant) {
        this.target = target;
        this.variant = variant;
    }

    @Override
    public String name() {
        return "refusals/" + variant;
    }

    @Override
    public Set<Rule> exercises() {
        return EnumSet.of(Rule.DRV_20, Rule.DRV_24);
    }

    @Override
    public ScenarioResult run() {
        Checks checks = new Checks();
        Machine machine = target.machine(variant);
        Machine elsewhere = target.machine(variant);
        TestDevice device = machine.probe("device-a", 0x0020);
        devices(machine, elsewhere, checks);
        for (PagingFormat format : machine.driver().capabilities().formats()) {
            PagingDomain domain = machine.driver().allocatePaging(format);
            PagingDomain foreign = elsewhere.driver().allocatePaging(format);
            attaching(machine, device, domain, foreign, checks);
            mapping(machine, domain, checks);
            freeing(machine, device, domain, checks);
            foreign.free();
        }
        checks.tracking(machine, -1);
        checks.tornDownClean(machine);
        checks.tornDownClean(elsewhere);
        return checks.result();
    }

    private static void refuse(Machine machine, Checks checks, String what, Set<Errno> errnos, Runnable call) {
        checks.refused(machine.platform().record(what, call), what, errnos);
    }

    private static void devices(Machine machine, Machine elsewhere, Checks checks) {
        takenIds(machine, checks);
        TestDevice foreign = elsewhere.probe("device-x", 0x0040);
        refuse(machine, checks, "the release of a device of another driver", EINVAL, () -> machine.driver()
                .release(foreign.device()));
        TestDevice gone = machine.probe("device-y", 0x0048);
        machine.recordRelease(gone);
        refuse(machine, checks, "a second release", EINVAL, () -> machine.driver()
                .release(gone.device()));
        for (PagingFormat format : machine.driver().capabilities().formats()) {
            PagingDomain domain = machine.driver().allocatePaging(format);
            refuse(
                    machine,
                    checks,
                    "a device of another driver",
                    EINVAL,
                    () -> domain.setDevPasid(
                            foreign.device(), Pasid.NONE, machine.blocked().domain()));
            domain.free();
        }
        withoutPasid(machine, checks);
        checks.tracking(machine, -1);
    }

    /** An id is of one device, whether it is its first or another; a refused device leaves none of its ids behind. */
    private static void takenIds(Machine machine, Checks checks) {
        TestDevice aliased = machine.probe("device-b", List.of(0x0060, 0x0068));
        int free = 0x0070;
        for (List<Integer> ids : List.of(
                List.of(0x0020),
                List.of(free, 0x0020),
                List.of(free, 0x0068),
                List.of(0x0060, free),
                List.of(free, free))) {
            refuse(
                    machine,
                    checks,
                    "requester ids " + hex(ids) + ", one of which is taken,",
                    EnumSet.of(Errno.EEXIST, Errno.EINVAL),
                    () -> machine.driver()
                            .probe(new DeviceDescription(
                                    "device-again",
                                    ids,
                                    0,
                                    false,
                                    0,
                                    false,
                                    machine.platform().function("device-again"))));
        }
        machine.recordRelease(aliased);
        machine.recordRelease(machine.probe("device-c", List.of(free, 0x0060)));
    }

    private static String hex(List<Integer> ids) {
        return ids.stream().map(id -> "0x" + Integer.toHexString(id)).toList().toString();
    }

    private static void withoutPasid(Machine machine, Checks checks) {
        TestDevice plain = machine.probe(new DeviceDescription(
                "device-plain",
                List.of(0x0050),
                0,
                false,
                0,
                false,
                machine.platform().function("device-plain")));
        for (PagingFormat format : machine.driver().capabilities().formats()) {
            PagingDomain domain = machine.driver().allocatePaging(format);
            refuse(
                    machine,
                    checks,
                    "a PASID on a device without",
                    NO_PASID,
                    () -> domain.setDevPasid(
                            plain.device(), Pasid.of(5), machine.blocked().domain()));
            domain.free();
        }
    }

    private static void attaching(
            Machine machine, TestDevice device, PagingDomain domain, IommuDomain foreign, Checks checks) {
        IommuDomain blocked = machine.blocked().domain();
        if (machine.driver().capabilities().has(Capability.PASID)
                && domain.format().onPasid()) {
            int most = device.device().maxPasids();
            if (most <= Pasid.MAX_VALUE) {
                refuse(
                        machine,
                        checks,
                        "PASID " + most + ", one too large,",
                        EINVAL,
                        () -> domain.setDevPasid(device.device(), Pasid.of(most), blocked));
            }
            refuse(
                    machine,
                    checks,
                    "a domain of another driver",
                    EINVAL,
                    () -> foreign.setDevPasid(device.device(), Pasid.of(5), blocked));
            refuse(
                    machine,
                    checks,
                    "an old domain of another driver",
                    EINVAL,
                    () -> domain.setDevPasid(device.device(), Pasid.of(5), foreign));
        }
    }

    private static void mapping(Machine machine, PagingDomain domain, Checks checks) {
        PagingFormat format = domain.format();
        long iova = 0x1000_0000L;
        long output = 0x4_0000_0000L;
        refuse(
                machine,
                checks,
                "a misaligned I/O address",
                EINVAL,
                () -> domain.map(iova + 8, output, PAGE, Protection.READ_WRITE));
        refuse(
                machine,
                checks,
                "a misaligned output address",
                EINVAL,
                () -> domain.map(iova, output + 8, PAGE, Protection.READ_WRITE));
        refuse(machine, checks, "a length of 0", EINVAL, () -> domain.map(iova, output, 0, Protection.READ_WRITE));
        refuse(
                machine,
                checks,
                "a length of half a page",
                EINVAL,
                () -> domain.map(iova, output, PAGE / 2, Protection.READ_WRITE));
        if (format.inputAddressBits() < 64) {
            long beyond = 1L << format.inputAddressBits();
            refuse(
                    machine,
                    checks,
                    "an I/O address beyond the format",
                    EINVAL,
                    () -> domain.map(beyond, output, PAGE, Protection.READ_WRITE));
            refuse(
                    machine,
                    checks,
                    "a range that ends beyond the format",
                    EINVAL,
                    () -> domain.map(beyond - PAGE, output, 2 * PAGE, Protection.READ_WRITE));
            refuse(machine, checks, "unmapping beyond the format", EINVAL, () -> domain.unmap(beyond, PAGE));
        }
        refuse(
                machine,
                checks,
                "an output address beyond the format",
                EINVAL,
                () -> domain.map(iova, 1L << format.outputAddressBits(), PAGE, Protection.READ_WRITE));
        if (!format.writeOnly()) {
            refuse(
                    machine,
                    checks,
                    "a write-only mapping",
                    EINVAL,
                    () -> domain.map(iova, output, PAGE, Protection.WRITE_ONLY));
        }
        refuse(machine, checks, "unmapping a misaligned range", EINVAL, () -> domain.unmap(iova + 8, PAGE));
        refuse(machine, checks, "unmapping nothing", EINVAL, () -> domain.unmap(iova, 0));
        domain.map(iova, output, PAGE, Protection.READ_WRITE);
        refuse(
                machine,
                checks,
                "a range that is mapped already",
                EnumSet.of(Errno.EEXIST),
                () -> domain.map(iova, output, PAGE, Protection.READ_WRITE));
        domain.unmap(iova, PAGE);
        large(machine, domain, checks);
    }

    /** Part of a large page cannot be unmapped. */
    private static void large(Machine machine, PagingDomain domain, Checks checks) {
        long sizes = domain.format().pageSizes() & ~PAGE & ((1L << 31) - 1);
        if (sizes != 0) {
            long size = Long.lowestOneBit(sizes);
            long iova = 0x4000_0000L;
            domain.map(iova, 0x4_0000_0000L, size, Protection.READ_WRITE);
            refuse(
                    machine,
                    checks,
                    "unmapping part of a page of " + size + " bytes",
                    EINVAL,
                    () -> domain.unmap(iova, PAGE));
            domain.unmap(iova, size);
        }
    }

    private static void freeing(Machine machine, TestDevice device, PagingDomain domain, Checks checks) {
        IommuDomain blocked = machine.blocked().domain();
        Pasid pasid = domain.format().withoutPasid() || device.device().maxPasids() <= 5 ? Pasid.NONE : Pasid.of(5);
        if (pasid.isNone() ? domain.format().withoutPasid() : domain.format().onPasid()) {
            domain.setDevPasid(device.device(), pasid, blocked);
            refuse(machine, checks, "freeing an attached domain", EnumSet.of(Errno.EBUSY), domain::free);
            blocked.setDevPasid(device.device(), pasid, domain);
        }
        domain.free();
        refuse(machine, checks, "freeing a domain twice", EINVAL, domain::free);
        refuse(machine, checks, "freeing the blocked domain", EINVAL, blocked::free);
        refuse(
                machine,
                checks,
                "attaching a freed domain",
                EINVAL,
                () -> domain.setDevPasid(device.device(), pasid, blocked));
    }
}
