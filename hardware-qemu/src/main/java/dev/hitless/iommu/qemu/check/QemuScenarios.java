package dev.hitless.iommu.qemu.check;

import dev.hitless.iommu.api.DomainType;
import dev.hitless.iommu.api.DriverCapabilities;
import dev.hitless.iommu.api.Pasid;
import dev.hitless.iommu.conformance.machine.DomainKind;
import java.util.ArrayList;
import java.util.List;

/** What is run with one driver on one of QEMU's IOMMUs. */
public final class QemuScenarios {
    private final Setup setup;
    private final DriverCapabilities capabilities;
    private final List<QemuScenario> scenarios = new ArrayList<>();

    private QemuScenarios(Setup setup, DriverCapabilities capabilities) {
        this.setup = setup;
        this.capabilities = capabilities;
    }

    /** Everything. Starts QEMU once, to see what the driver offers there. */
    public static QemuScenarios of(Setup setup) {
        DriverCapabilities capabilities;
        try (QemuMachine machine = new QemuMachine(setup, List.of(), true)) {
            capabilities = machine.driver().capabilities();
        }
        QemuScenarios made = new QemuScenarios(setup, capabilities);
        made.scenarios.add(new CapabilityScenario(setup));
        made.addPath(Pasid.NONE);
        if (setup.iommu().reachesPasids()) {
            made.addPath(TransitionScenario.REACHABLE);
        }
        return made;
    }

    /** What the driver claims there. */
    public DriverCapabilities capabilities() {
        return capabilities;
    }

    /** All scenarios. */
    public List<QemuScenario> scenarios() {
        return List.copyOf(scenarios);
    }

    private void addPath(Pasid pasid) {
        List<DomainKind> kinds = DomainKind.offered(capabilities, !pasid.isNone());
        addWithoutStore128(kinds.get(0), pasid);
        for (DomainKind from : kinds) {
            add(DomainKind.BLOCKED, from, pasid);
            add(from, DomainKind.BLOCKED, pasid);
            for (DomainKind to : kinds) {
                if (!from.equals(to) || from.hasInstances()) {
                    add(from, to, pasid);
                }
            }
            if (from.type() == DomainType.PAGING) {
                scenarios.add(new PagesScenario(setup, from, pasid));
                scenarios.add(new FaultScenario(setup, from, pasid));
                if (pasid.isNone()) {
                    scenarios.add(new ReleaseScenario(setup, from));
                }
                add(from, from, pasid, TransitionScenario.Company.SHARES_OLD);
                add(from, from, pasid, TransitionScenario.Company.SUBJECT_BEHIND_BRIDGE);
            }
        }
    }

    private void add(DomainKind from, DomainKind to, Pasid pasid) {
        add(from, to, pasid, TransitionScenario.Company.STRANGER);
    }

    /** Many more stores, and DMA after each of them: for one kind only. */
    private void addWithoutStore128(DomainKind kind, Pasid pasid) {
        add(DomainKind.BLOCKED, kind, pasid, TransitionScenario.Company.WITHOUT_STORE128);
        add(kind, kind, pasid, TransitionScenario.Company.WITHOUT_STORE128);
        add(kind, DomainKind.BLOCKED, pasid, TransitionScenario.Company.WITHOUT_STORE128);
    }

    private void add(DomainKind from, DomainKind to, Pasid pasid, TransitionScenario.Company company) {
        scenarios.add(new TransitionScenario(setup, from, to, pasid, company));
    }
}
