package dev.hitless.iommu.conformance.scenario;

import dev.hitless.iommu.api.DomainType;
import dev.hitless.iommu.api.Pasid;
import dev.hitless.iommu.api.ReplaceGuarantee;
import dev.hitless.iommu.conformance.machine.DomainKind;
import dev.hitless.iommu.conformance.machine.Machine;
import dev.hitless.iommu.conformance.machine.ModelledDomain;
import dev.hitless.iommu.conformance.machine.TestDevice;
import java.util.List;
import java.util.Optional;

/** A machine with the subject and its company in place, before the change. */
final class Stage {
    static final int DEVICE = 0x0020;
    /** Fits the narrowest stream table, and lies in the other half of VT-d's context tables. */
    static final int ALIAS = 0x00A0;

    private static final Pasid SUBJECT = Pasid.of(0x5);
    private static final Pasid FRESH = Pasid.of(0x8A5);
    private static final Pasid NEIGHBOUR = Pasid.of(0x6);
    private static final Pasid THIRD = Pasid.of(0x3);
    private static final Pasid FAR = Pasid.of(0x4C5);
    /** Never attached: stays blocked whatever happens. */
    static final Pasid IDLE = Pasid.of(0x7);

    private final Machine machine;
    private final Transition transition;
    private final Company company;
    private final TestDevice device;
    private final TestDevice second;
    private final ModelledDomain from;
    private final ModelledDomain to;
    private String impossible = "";

    private Stage(Machine machine, Transition transition, Company company, boolean pageRequests) {
        this.machine = machine;
        this.transition = transition;
        this.company = company;
        List<Integer> ids = company == Company.ALIASES ? List.of(DEVICE, ALIAS) : List.of(DEVICE);
        this.device = machine.probe(machine.description("device-a", ids, pageRequests));
        this.second = machine.probe(machine.description("device-b", List.of(0x00A8), pageRequests));
        this.from = machine.domain(transition.from());
        this.to = machine.domain(transition.to());
    }

    static Stage set(Machine machine, Transition transition, Company company) {
        return set(machine, transition, company, false);
    }

    /** @param pageRequests whether devices send page requests, where hardware takes them */
    static Stage set(Machine machine, Transition transition, Company company, boolean pageRequests) {
        Stage stage = new Stage(machine, transition, company, pageRequests);
        stage.populate();
        stage.attach(stage.device, stage.subject(), stage.from);
        return stage;
    }

    /** Why this cannot be set up with this driver; empty if it is set up. */
    String impossible() {
        return impossible;
    }

    TestDevice device() {
        return device;
    }

    TestDevice second() {
        return second;
    }

    ModelledDomain from() {
        return from;
    }

    ModelledDomain to() {
        return to;
    }

    Pasid subject() {
        if (!transition.withPasid()) {
            return Pasid.NONE;
        }
        return company == Company.FRESH_LEAF ? FRESH : SUBJECT;
    }

    private void populate() {
        boolean all = company == Company.CROWD;
        Pasid other = transition.withPasid() ? FAR : Pasid.of(0x9);
        when(all || company == Company.FRESH_LEAF, device, THIRD, this::ownDomain);
        when(all || company == Company.SAME_LEAF, device, NEIGHBOUR, this::ownDomain);
        when(all || company == Company.OTHER_LEAF, device, FAR, this::ownDomain);
        when(company == Company.SAME_DEVICE_OLD, device, NEIGHBOUR, () -> Optional.of(from));
        when(company == Company.SAME_DEVICE_NEW, device, NEIGHBOUR, () -> Optional.of(to));
        when(all || company == Company.SECOND_DEVICE_OLD, second, other, () -> Optional.of(from));
        when(company == Company.SECOND_DEVICE_NEW, second, other, () -> Optional.of(to));
        when(company == Company.SAME_PASID_OLD, second, subject(), () -> Optional.of(from));
        when(all || company == Company.SAME_PASID_NEW, second, subject(), () -> Optional.of(to));
        when(company == Company.SAME_PASID_OTHER, second, subject(), this::ownDomain);
        when(company == Company.SAME_PASID_SVA, second, subject(), () -> kind(DomainType.SVA));
        Pasid otherPath = transition.withPasid() ? Pasid.NONE : NEIGHBOUR;
        when(all || company == Company.OTHER_PATH_PAGING, device, otherPath, this::ownDomain);
        when(company == Company.OTHER_PATH_IDENTITY, device, otherPath, () -> kind(DomainType.IDENTITY));
    }

    private void when(
            boolean wanted, TestDevice who, Pasid pasid, java.util.function.Supplier<Optional<ModelledDomain>> domain) {
        if (!wanted || !impossible.isEmpty()) {
            return;
        }
        Optional<ModelledDomain> found = domain.get();
        if (found.isEmpty()) {
            impossible = "the driver offers no domain for " + company;
        } else if (found.get() != machine.blocked()) {
            attach(who, pasid, found.get());
        }
    }

    private Optional<ModelledDomain> ownDomain() {
        return kind(DomainType.PAGING);
    }

    private Optional<ModelledDomain> kind(DomainType type) {
        return DomainKind.offered(machine.driver().capabilities(), transition.withPasid()).stream()
                .filter(kind -> kind.type() == type)
                .findFirst()
                .map(machine::domain);
    }

    private void attach(TestDevice who, Pasid pasid, ModelledDomain domain) {
        if (!impossible.isEmpty() || machine.attached(who, pasid) == domain) {
            return;
        }
        if (!pasid.isNone() && pasid.value() >= who.device().maxPasids()) {
            impossible = who + " has no " + pasid;
        } else if (machine.promise(who, pasid, domain) == ReplaceGuarantee.UNSUPPORTED) {
            impossible = "the driver refuses " + domain + " for " + who + " " + pasid + " beside what is attached";
        } else {
            machine.set(who, pasid, domain);
        }
    }

    List<ModelledDomain> domains() {
        return machine.domains();
    }
}
