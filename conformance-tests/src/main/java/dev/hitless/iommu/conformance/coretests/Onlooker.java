package dev.hitless.iommu.conformance.coretests;

import dev.hitless.iommu.api.IommuDevice;
import dev.hitless.iommu.api.Pasid;
import dev.hitless.iommu.conformance.rules.Rule;
import dev.hitless.iommu.conformance.subsystem.DriverCall;
import dev.hitless.iommu.conformance.subsystem.Subsystem;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/**
 * Looks up handles as the fault path does, at every point of a schedule, holding no lock and waiting for none: the handle
 * found is the one from before, until some operation has switched every device; and the one from before is not found any
 * more when such an operation has returned.
 */
final class Onlooker {
    private final CoreScene scene;
    private final Set<Integer> over = new HashSet<>();
    private final Findings findings;

    Onlooker(CoreScene scene, Findings findings) {
        this.scene = scene;
        this.findings = findings;
    }

    /** Operation {@code number} has returned without error. */
    void returned(int number) {
        over.add(number);
        look();
    }

    void look() {
        for (CoreOperation operation : scene.operations()) {
            operation.published().ifPresent(published -> look(published.group(), operation.pasid()));
        }
    }

    private void look(Subsystem.Group group, Pasid pasid) {
        Optional<Subsystem.Handle> found;
        try {
            found = Optional.ofNullable(scene.subsystem().find(group, pasid));
        } catch (IllegalStateException wouldWait) {
            findings.add(
                    Rule.CORE_03,
                    "the fault path reads handles without the group's lock",
                    String.valueOf(wouldWait.getMessage()));
            return;
        }
        boolean fromBefore = found.equals(scene.before(group, pasid));
        boolean switched = false;
        boolean stale = false;
        for (int i = 0; i < scene.operations().size(); i++) {
            CoreOperation operation = scene.operations().get(i);
            CoreOperation.Published published = operation.published().orElse(null);
            if (published != null
                    && published.group().equals(group)
                    && operation.pasid().equals(pasid)
                    && hasSwitched(operation, published)) {
                boolean its = published.handle().equals(found);
                switched |= its;
                stale |= !its && over.contains(i);
            }
        }
        if (!fromBefore && !switched) {
            findings.add(
                    Rule.CORE_03,
                    "what was attached before is found in " + pasid + " until every device has switched",
                    name(found) + " is found, and the driver has carried out " + scene.carriedOut());
        } else if (fromBefore && stale) {
            findings.add(
                    Rule.CORE_03,
                    "what was attached before is not found in " + pasid + " when a change of it has returned",
                    name(found) + " is found");
        }
    }

    /** Whether the driver has put the domain behind the PASID of every device that has it. */
    private boolean hasSwitched(CoreOperation operation, CoreOperation.Published published) {
        for (IommuDevice device : operation.devices()) {
            boolean switched = false;
            for (DriverCall call : scene.carriedOut()) {
                switched |= call.device().equals(device)
                        && call.pasid().equals(operation.pasid())
                        && call.target().equals(published.domain());
            }
            if (!switched) {
                return false;
            }
        }
        return true;
    }

    private static String name(Optional<Subsystem.Handle> handle) {
        return handle.map(present -> "the handle '" + present + "'").orElse("no handle");
    }
}
