package dev.hitless.iommu.qemu.check;

import dev.hitless.iommu.api.DriverCapabilities;
import dev.hitless.iommu.api.DriverOptions;
import dev.hitless.iommu.api.IommuDriver;
import dev.hitless.iommu.api.IommuException;
import dev.hitless.iommu.api.PagingFormat;
import dev.hitless.iommu.api.Pasid;
import dev.hitless.iommu.conformance.judge.Finding;
import dev.hitless.iommu.conformance.rules.Rule;
import dev.hitless.iommu.conformance.trace.RecordingPlatform;
import dev.hitless.iommu.hardware.HardwareConfiguration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * What QEMU's registers say is what the model's say: the driver claims the same on both. And what this hardware lacks is
 * refused before anything changed.
 */
final class CapabilityScenario extends QemuScenario {
    private static final Pasid SOME = Pasid.of(1);

    private final Setup setup;

    CapabilityScenario(Setup setup) {
        super(setup, "capabilities");
        this.setup = setup;
    }

    @Override
    void run(QemuMachine machine, Tally tally) {
        List<Finding> findings = new ArrayList<>();
        String onQemu = claims(machine.driver().capabilities());
        String onModel = onModel();
        if (!onQemu.equals(onModel)) {
            tally.disagree(name(), "the driver claims " + onQemu + " on QEMU and " + onModel + " on the model");
        }
        if (machine.driver().capabilities().pasidBits() == 0) {
            refusesPasid(machine, findings);
        }
        tally.compared(1);
        tally.judged(
                name(),
                Set.of(Rule.DRV_20),
                1,
                findings,
                findings.stream().map(Finding::observed).toList());
    }

    private String onModel() {
        HardwareConfiguration same =
                HardwareConfiguration.of(setup.model().options(), setup.iommu().modelOptions());
        IommuDriver driver =
                setup.driver().create(new RecordingPlatform(setup.model(), same, true), DriverOptions.DEFAULTS);
        String claims = claims(driver.capabilities());
        driver.shutDown();
        return claims;
    }

    /** Widths of PASIDs and of addresses vary from one implementation to the next, and the options have not all of them. */
    private static String claims(DriverCapabilities capabilities) {
        return capabilities.capabilities().stream().sorted().toList() + ", formats "
                + capabilities.formats().stream().map(PagingFormat::label).toList();
    }

    private static void refusesPasid(QemuMachine machine, List<Finding> findings) {
        QemuDevice device = machine.probe(0, Pasid.NONE);
        TestDomain domain = machine.domain(machine.pagingKind());
        long before = machine.recording().allocatedBytes();
        try {
            domain.domain().setDevPasid(device.device(), SOME, machine.blocked().domain());
            findings.add(Finding.of(Rule.DRV_20, -1, "a refusal of " + SOME, "success"));
        } catch (IommuException refused) {
            if (!machine.driver().attachments(device.device()).isEmpty()
                    || machine.recording().allocatedBytes() != before) {
                findings.add(Finding.of(Rule.DRV_20, -1, "nothing changed", "traces of what was refused"));
            }
        }
    }
}
