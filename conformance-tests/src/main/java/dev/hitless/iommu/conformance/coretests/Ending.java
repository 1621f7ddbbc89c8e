package dev.hitless.iommu.conformance.coretests;

import dev.hitless.iommu.api.IommuDevice;
import dev.hitless.iommu.api.IommuException;
import dev.hitless.iommu.api.Pasid;
import dev.hitless.iommu.conformance.subsystem.Subsystem;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * What operations of a subsystem came to: what each returned with, what the record and the driver say, what the fault path
 * finds, what was warned of, who got page requests and what devices were answered.
 *
 * @param facts in a stable order, for comparing and for people
 */
record Ending(List<String> facts) {
    private static final List<Pasid> LOOKED_UP = List.of(Pasid.NONE, Setting.PASID, Setting.OTHER, Setting.UNUSED);

    Ending {
        facts = List.copyOf(facts);
    }

    static Ending of(CoreScene scene, List<Optional<RuntimeException>> failures) {
        List<String> facts = new ArrayList<>();
        for (int i = 0; i < failures.size(); i++) {
            facts.add(scene.operations().get(i).name() + ": "
                    + failures.get(i).map(Ending::errno).orElse("success"));
        }
        for (Map.Entry<Subsystem.Group, List<IommuDevice>> group :
                scene.groups().entrySet()) {
            facts.add("record " + scene.subsystem().attached(group.getKey()));
            List<String> found = new ArrayList<>();
            Set<Pasid> lookedUp = new TreeSet<>(LOOKED_UP);
            lookedUp.addAll(scene.bound());
            for (Pasid pasid : lookedUp) {
                found.add(String.valueOf(scene.subsystem().find(group.getKey(), pasid)));
            }
            facts.add("handles " + found);
            for (IommuDevice device : group.getValue()) {
                facts.add(device.name() + " has " + names(scene, device));
            }
        }
        facts.add(scene.warnings().size() + " warnings");
        facts.add("bound are " + scene.bound() + ", with "
                + scene.bench().driver().sharedDomains().size() + " domains for it");
        scene.mailboxes().forEach(mailbox -> facts.add(mailbox + " got " + mailbox.groups() + " page request groups"));
        facts.add("devices were answered " + scene.bench().answers());
        facts.add("the driver was asked to answer "
                + scene.bench().driver().responses().size() + " times");
        return new Ending(facts);
    }

    /** What this one says that the other does not. */
    String beside(Ending other) {
        List<String> different = new ArrayList<>(facts);
        different.removeAll(other.facts);
        return String.join("; ", different);
    }

    private static String names(CoreScene scene, IommuDevice device) {
        List<String> names = new ArrayList<>();
        scene.bench().driver().attachments(device).forEach((pasid, domain) -> names.add(pasid + " " + domain.name()));
        return names.toString();
    }

    private static String errno(RuntimeException failure) {
        return failure instanceof IommuException refusal ? refusal.errno().name() : String.valueOf(failure);
    }
}
