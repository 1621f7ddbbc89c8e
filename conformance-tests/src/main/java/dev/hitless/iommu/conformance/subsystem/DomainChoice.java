package dev.hitless.iommu.conformance.subsystem;

import dev.hitless.iommu.api.Pasid;
import dev.hitless.iommu.api.ReplaceGuarantee;
import dev.hitless.iommu.conformance.machine.DomainKind;
import dev.hitless.iommu.conformance.machine.Machine;
import dev.hitless.iommu.conformance.machine.ModelledDomain;
import dev.hitless.iommu.conformance.machine.TestDevice;
import dev.hitless.iommu.conformance.scenario.Target;
import dev.hitless.iommu.conformance.scenario.Variant;
import java.util.List;
import java.util.Optional;

/**
 * The kinds of domains that a bench over a real driver works with.
 *
 * @param first of domains 0 and 2 behind PASIDs
 * @param second of domain 1 behind PASIDs; where the driver has several kinds, another one
 * @param withoutPasid of those behind requests without PASID
 */
public record DomainChoice(DomainKind first, DomainKind second, DomainKind withoutPasid) {
    private static final Pasid PASID = Pasid.of(5);

    /** Kinds that can live together with this driver on this hardware; empty if there are none. */
    public static Optional<DomainChoice> find(Target target, Variant variant) {
        Machine machine = target.machine(variant);
        TestDevice device = machine.probe("device-a", 0x0020);
        Optional<DomainChoice> found =
                device.device().maxPasids() > PASID.value() ? find(machine, device) : Optional.empty();
        machine.tearDown();
        return found;
    }

    private static Optional<DomainChoice> find(Machine machine, TestDevice device) {
        List<DomainKind> kinds = instances(machine, true);
        for (DomainKind withoutPasid : instances(machine, false)) {
            ModelledDomain beside = machine.domain(withoutPasid);
            if (refused(machine, device, Pasid.NONE, beside)) {
                continue;
            }
            machine.set(device, Pasid.NONE, beside);
            for (DomainKind first : kinds) {
                ModelledDomain from = machine.domain(first);
                if (!refused(machine, device, PASID, from)) {
                    machine.set(device, PASID, from);
                    DomainKind second = second(machine, device, kinds, first);
                    boolean replaceable = !refused(machine, device, PASID, machine.domain(second));
                    boolean replaceableBeside = !refused(machine, device, Pasid.NONE, machine.domain(withoutPasid));
                    machine.set(device, PASID, machine.blocked());
                    if (replaceable && replaceableBeside) {
                        machine.set(device, Pasid.NONE, machine.blocked());
                        return Optional.of(new DomainChoice(first, second, withoutPasid));
                    }
                }
            }
            machine.set(device, Pasid.NONE, machine.blocked());
        }
        return Optional.empty();
    }

    /** The last kind that can take the place of {@code first}: kinds come in the driver's order of preference. */
    private static DomainKind second(Machine machine, TestDevice device, List<DomainKind> kinds, DomainKind first) {
        for (int i = kinds.size() - 1; i >= 0; i--) {
            if (!refused(machine, device, PASID, machine.domain(kinds.get(i)))) {
                return kinds.get(i);
            }
        }
        return first;
    }

    private static List<DomainKind> instances(Machine machine, boolean onPasid) {
        return DomainKind.offered(machine.driver().capabilities(), onPasid).stream()
                .filter(kind -> kind.format().isPresent())
                .toList();
    }

    private static boolean refused(Machine machine, TestDevice device, Pasid pasid, ModelledDomain domain) {
        return machine.promise(device, pasid, domain) == ReplaceGuarantee.UNSUPPORTED;
    }
}
