package dev.hitless.iommu.conformance.coretests;

import dev.hitless.iommu.api.AddressSpace;
import dev.hitless.iommu.api.IommuDevice;
import dev.hitless.iommu.api.Pasid;
import dev.hitless.iommu.conformance.rules.Rule;
import dev.hitless.iommu.conformance.subsystem.Subsystem;
import java.util.ArrayList;
import java.util.List;

/**
 * Operations that overlap and are about address spaces that devices share. One address space has one PASID and one domain
 * wherever it is bound, as long as it is bound anywhere: that is what they can get wrong.
 */
final class SharingOverlaps {
    /** What a subsystem that hands PASIDs out from the first one on chooses first. */
    private static final Pasid FIRST = Pasid.of(1);

    /** Sets up the operations, with two address spaces to share. */
    private interface Definition {
        void define(CoreScene scene, AddressSpace one, AddressSpace other);
    }

    private final List<CoreOverlap> overlaps = new ArrayList<>();

    private SharingOverlaps() {}

    /** All of them. */
    static List<CoreOverlap> all() {
        SharingOverlaps catalogue = new SharingOverlaps();
        catalogue.addBinds();
        catalogue.addUnbinds();
        catalogue.addOthers();
        return List.copyOf(catalogue.overlaps);
    }

    private void add(String name, Rule rule, Definition definition) {
        overlaps.add(new CoreOverlap(name, rule, CoreOverlap.Subject.ADDRESS_SPACES, scene -> {
            if (scene.bench().addressSpace(0).isEmpty()) {
                return false;
            }
            definition.define(
                    scene,
                    scene.bench().addressSpace(0).orElseThrow(),
                    scene.bench().addressSpace(1).orElseThrow());
            return true;
        }));
    }

    /** A group of one device. */
    private static Subsystem.Group group(CoreScene scene, String letter) {
        Subsystem.Group group = scene.group("group-" + letter);
        scene.device(group, "device-" + letter, Setting.WIDE, false);
        return group;
    }

    private void addBinds() {
        add("bind/beside/bind-of-the-same", Rule.CORE_11, (scene, one, other) -> {
            Subsystem.Group group = group(scene, "a");
            scene.binds(group, one);
            scene.binds(group, one);
        });
        add("bind/beside/bind-in-other-group", Rule.CORE_11, (scene, one, other) -> {
            scene.binds(group(scene, "a"), one);
            scene.binds(group(scene, "b"), one);
        });
        add("bind/beside/bind-of-another", Rule.CORE_11, (scene, one, other) -> {
            Subsystem.Group group = group(scene, "a");
            scene.binds(group, one);
            scene.binds(group, other);
        });
        add("bind/beside/attach-at-its-pasid", Rule.CORE_11, (scene, one, other) -> {
            Subsystem.Group group = group(scene, "a");
            scene.binds(group, one);
            scene.attachesUnseen(group, FIRST, scene.bench().onPasid(0));
        });
    }

    private void addUnbinds() {
        add("unbind/beside/bind-of-the-same", Rule.CORE_11, (scene, one, other) -> {
            Subsystem.Group group = group(scene, "a");
            scene.bind(group, one);
            scene.unbinds(0);
            scene.binds(group, one);
        });
        add("unbind/beside/bind-in-other-group", Rule.CORE_11, (scene, one, other) -> {
            scene.bind(group(scene, "a"), one);
            scene.unbinds(0);
            scene.binds(group(scene, "b"), one);
        });
        add("unbind/beside/bind-of-another", Rule.CORE_11, (scene, one, other) -> {
            Subsystem.Group group = group(scene, "a");
            scene.bind(group, one);
            scene.unbinds(0);
            scene.binds(group, other);
        });
        add("unbind/beside/unbind-of-the-same", Rule.CORE_11, (scene, one, other) -> {
            Subsystem.Group group = group(scene, "a");
            scene.bind(group, one);
            scene.bind(group, one);
            scene.unbinds(0);
            scene.unbinds(1);
        });
        add("unbind/beside/unbind-in-other-group", Rule.CORE_11, (scene, one, other) -> {
            scene.bind(group(scene, "a"), one);
            scene.bind(group(scene, "b"), one);
            scene.unbinds(0);
            scene.unbinds(1);
        });
    }

    /** What else goes on in a group, or with an address space, while it is bound or unbound. */
    private void addOthers() {
        add("bind/beside/replace-of-other-pasid", Rule.CORE_11, (scene, one, other) -> {
            Subsystem.Group group = group(scene, "a");
            scene.attach(group, Setting.PASID, scene.bench().onPasid(0));
            scene.replaces(group, Setting.PASID, scene.bench().onPasid(1));
            scene.binds(group, one);
        });
        add("bind/beside/recovery-prepared", Rule.CORE_10, (scene, one, other) -> {
            Subsystem.Group group = group(scene, "a");
            IommuDevice device = scene.devices(group).get(0);
            scene.binds(group, one);
            scene.does("recovery of device-a begins", device, FIRST, () -> scene.subsystem()
                    .prepareRecovery(device));
        });
        add("unbind/beside/recovery-done", Rule.CORE_10, (scene, one, other) -> {
            Subsystem.Group group = group(scene, "a");
            IommuDevice device = scene.devices(group).get(0);
            scene.bind(group, one);
            scene.subsystem().prepareRecovery(device);
            scene.unbinds(0);
            scene.does("recovery of device-a ends", device, FIRST, () -> scene.subsystem()
                    .recoveryDone(device));
        });
        add("unbind/beside/death-of-the-address-space", Rule.CORE_11, (scene, one, other) -> {
            scene.bind(group(scene, "a"), one);
            scene.unbinds(0);
            scene.does(one.name() + " dies", () -> scene.bench().die(one));
        });
    }
}
