package dev.hitless.iommu.cli;

import dev.hitless.iommu.api.IommuDevice;
import dev.hitless.iommu.api.Pasid;
import dev.hitless.iommu.conformance.judge.Judge;
import dev.hitless.iommu.conformance.observe.Assumptions;
import dev.hitless.iommu.conformance.scenario.Target;
import dev.hitless.iommu.conformance.scenario.Variants;
import dev.hitless.iommu.conformance.subsystem.Benches;
import dev.hitless.iommu.conformance.subsystem.DriverBenches;
import dev.hitless.iommu.conformance.subsystem.MachineBench;
import dev.hitless.iommu.core.AttachHandle;
import dev.hitless.iommu.core.GroupSnapshot;
import dev.hitless.iommu.core.IommuCore;
import dev.hitless.iommu.core.IommuGroup;
import java.util.List;

/**
 * A core over a driver and the model of its hardware, with something of everything: devices with PASIDs and without, domains
 * behind PASIDs and behind requests without, a replacement, a device in reset, a group with an owner.
 *
 * @param groups what the core has to say about it
 * @param problem why there is nothing to show; else empty
 */
record Demonstration(List<GroupSnapshot> groups, String problem) {
    private static final int PASID_BITS = 16;

    /** Sets it up. */
    static Demonstration of(Target target) {
        try {
            DriverBenches benches = Benches.over(
                    target,
                    new Variants(target.hardware().options(), false, variant -> true).usual(),
                    new Judge(Assumptions.WEAK));
            return benches.isPossible()
                    ? new Demonstration(setUp(benches.set()), "")
                    : nothing("the driver offers no paging domains behind PASIDs and beside them");
        } catch (RuntimeException | LinkageError failure) {
            return nothing(String.valueOf(failure.getMessage()));
        }
    }

    static Demonstration nothing(String why) {
        return new Demonstration(List.of(), why);
    }

    private static List<GroupSnapshot> setUp(MachineBench bench) {
        IommuCore core = IommuCore.over(bench.driver(), bench.locks(), warning -> {});
        IommuGroup shared = core.createGroup("shared");
        IommuDevice network = add(core, shared, bench, "network", 0x20, PASID_BITS);
        add(core, shared, bench, "bridge", 0x28, 0);
        IommuDevice storage = add(core, shared, bench, "storage", 0x30, 8);
        core.attachGroupHandle(bench.withoutPasid(0), shared, new AttachHandle("kernel"));
        core.attachDevicePasid(bench.onPasid(0), network, Pasid.of(5), new AttachHandle("process-a"));
        core.attachDevicePasid(bench.onPasid(2), network, Pasid.of(6), null);
        core.replaceDevicePasid(bench.onPasid(1), network, Pasid.of(5), new AttachHandle("process-b"));
        core.prepareRecovery(storage);
        IommuGroup owned = core.createGroup("owned");
        add(core, owned, bench, "graphics", 0x40, PASID_BITS);
        core.claimDmaOwner(owned, "virtual machine");
        return core.snapshot();
    }

    private static IommuDevice add(
            IommuCore core, IommuGroup group, MachineBench bench, String name, int requesterId, int pasidBits) {
        IommuDevice device = core.addDevice(group, bench.describe(name, requesterId, pasidBits, true));
        bench.added(device);
        return device;
    }
}
