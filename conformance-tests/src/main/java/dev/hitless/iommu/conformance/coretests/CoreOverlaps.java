package dev.hitless.iommu.conformance.coretests;

import dev.hitless.iommu.api.IommuDevice;
import dev.hitless.iommu.api.IommuDomain;
import dev.hitless.iommu.api.PageResponse;
import dev.hitless.iommu.api.Pasid;
import dev.hitless.iommu.conformance.rules.Rule;
import dev.hitless.iommu.conformance.subsystem.Subsystem;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/** The catalogue of operations of a subsystem that overlap. */
final class CoreOverlaps {
    private static final int PAGE_REQUEST_GROUP = 1;

    private final List<CoreOverlap> overlaps = new ArrayList<>();

    private CoreOverlaps() {}

    /** All of them. */
    static List<CoreOverlap> all() {
        CoreOverlaps catalogue = new CoreOverlaps();
        catalogue.addTwoGroups();
        catalogue.addOneGroup();
        catalogue.addRecovery();
        catalogue.addRemovals();
        catalogue.addPageRequests();
        List<CoreOverlap> all = new ArrayList<>(catalogue.overlaps);
        all.addAll(SharingOverlaps.all());
        return List.copyOf(all);
    }

    private void add(String name, Rule rule, Consumer<CoreScene> setting) {
        overlaps.add(new CoreOverlap(name, rule, CoreOverlap.Subject.ATTACHMENTS, scene -> {
            setting.accept(scene);
            return true;
        }));
    }

    /** Two groups, which only the driver keeps apart, and which share the domains. */
    private void addTwoGroups() {
        twoGroups("replace/beside/replace-in-other-group", (scene, second) -> {
            scene.attach(second, Setting.PASID, scene.bench().onPasid(0));
            scene.replaces(second, Setting.PASID, scene.bench().onPasid(1));
        });
        twoGroups("replace/beside/detach-in-other-group", (scene, second) -> {
            scene.attach(second, Setting.PASID, scene.bench().onPasid(0));
            scene.detaches(second, Setting.PASID, scene.bench().onPasid(0));
        });
        twoGroups(
                "replace/beside/attach-in-other-group",
                (scene, second) ->
                        scene.attaches(second, Setting.PASID, scene.bench().onPasid(1)));
    }

    private void twoGroups(String name, BiConsumer<CoreScene, Subsystem.Group> inSecond) {
        add(name, Rule.CORE_11, scene -> {
            Subsystem.Group first = scene.group("group-a");
            scene.device(first, "device-a", Setting.WIDE, false);
            Subsystem.Group second = scene.group("group-b");
            scene.device(second, "device-b", Setting.WIDE, false);
            scene.attach(first, Setting.PASID, scene.bench().onPasid(0));
            scene.replaces(first, Setting.PASID, scene.bench().onPasid(1));
            inSecond.accept(scene, second);
        });
    }

    /** One group of two devices, both of which every change reaches. */
    private void addOneGroup() {
        oneGroup("replace/beside/replace-of-the-same", Rule.CORE_11, (scene, group) -> {
            scene.replaces(group, Setting.PASID, scene.bench().onPasid(1));
            scene.replaces(group, Setting.PASID, scene.bench().onPasid(2));
        });
        oneGroup("replace/beside/replace-of-other-pasid", Rule.CORE_11, (scene, group) -> {
            scene.attach(group, Setting.OTHER, scene.bench().onPasid(0));
            scene.replaces(group, Setting.PASID, scene.bench().onPasid(1));
            scene.replaces(group, Setting.OTHER, scene.bench().onPasid(1));
        });
        oneGroup("replace/beside/replace-without-pasid", Rule.CORE_11, (scene, group) -> {
            scene.attach(group, Pasid.NONE, scene.bench().withoutPasid(0));
            scene.replaces(group, Setting.PASID, scene.bench().onPasid(1));
            scene.replaces(group, Pasid.NONE, scene.bench().withoutPasid(1));
        });
        oneGroup("replace/beside/detach", Rule.CORE_11, (scene, group) -> {
            scene.replaces(group, Setting.PASID, scene.bench().onPasid(1));
            scene.detaches(group, Setting.PASID, scene.bench().onPasid(0));
        });
        oneGroup("attach/beside/attach-of-the-same", Rule.CORE_11, (scene, group) -> {
            scene.attaches(group, Setting.UNUSED, scene.bench().onPasid(0));
            scene.attaches(group, Setting.UNUSED, scene.bench().onPasid(1));
        });
    }

    private void oneGroup(String name, Rule rule, BiConsumer<CoreScene, Subsystem.Group> operations) {
        add(name, rule, scene -> {
            Subsystem.Group group = scene.group("group-a");
            scene.device(group, "device-a", Setting.WIDE, false);
            scene.device(group, "device-b", Setting.WIDE, false);
            scene.attach(group, Setting.PASID, scene.bench().onPasid(0));
            operations.accept(scene, group);
        });
    }

    private void addRecovery() {
        oneGroup("replace/beside/recovery-prepared", Rule.CORE_10, (scene, group) -> {
            IommuDevice device = scene.devices(group).get(0);
            scene.replaces(group, Setting.PASID, scene.bench().onPasid(1));
            scene.does("recovery of device-a begins", device, Setting.PASID, () -> scene.subsystem()
                    .prepareRecovery(device));
        });
        oneGroup("replace/beside/recovery-done", Rule.CORE_10, (scene, group) -> {
            IommuDevice device = scene.devices(group).get(0);
            scene.subsystem().prepareRecovery(device);
            scene.replaces(group, Setting.PASID, scene.bench().onPasid(1));
            scene.does("recovery of device-a ends", device, Setting.PASID, () -> scene.subsystem()
                    .recoveryDone(device));
        });
        oneGroup("detach/beside/recovery-done", Rule.CORE_10, (scene, group) -> {
            IommuDevice device = scene.devices(group).get(0);
            scene.subsystem().prepareRecovery(device);
            scene.detaches(group, Setting.PASID, scene.bench().onPasid(0));
            scene.does("recovery of device-a ends", device, Setting.PASID, () -> scene.subsystem()
                    .recoveryDone(device));
        });
    }

    private void addRemovals() {
        add("replace/beside/removal-from-the-group", Rule.CORE_11, scene -> {
            Subsystem.Group group = scene.group("group-a");
            scene.device(group, "device-a", Setting.WIDE, false);
            IommuDevice leaving = scene.device(group, "device-b", 0, false);
            scene.attach(group, Setting.PASID, scene.bench().onPasid(0));
            scene.replaces(group, Setting.PASID, scene.bench().onPasid(1));
            scene.does("removal of device-b", () -> remove(scene, leaving));
        });
        twoGroups("replace/beside/removal-from-other-group", (scene, second) -> {
            IommuDevice leaving = scene.devices(second).get(0);
            scene.does("removal of device-b", () -> remove(scene, leaving));
        });
    }

    private static void remove(CoreScene scene, IommuDevice leaving) {
        scene.subsystem().removeDevice(leaving);
        scene.bench().removed(leaving);
        scene.groups().values().forEach(devices -> devices.remove(leaving));
    }

    /** A page request of the old domain is on its way, in the driver's queue or with its handler. */
    private void addPageRequests() {
        pageRequests("replace/beside/delivery-of-page-requests", (scene, group) -> {
            replaces(scene, group);
            scene.does("the interrupt", scene.subsystem()::serviceEvents);
        });
        pageRequests("detach/beside/delivery-of-page-requests", (scene, group) -> {
            IommuDomain domain = scene.bench().onPasid(0);
            scene.detaches(group, Setting.PASID, domain);
            scene.does("the interrupt", scene.subsystem()::serviceEvents);
        });
        pageRequests("replace/beside/answer-to-page-requests", (scene, group) -> {
            scene.subsystem().serviceEvents();
            Mailbox old = scene.mailboxes().get(0);
            replaces(scene, group);
            scene.does("the handler answers", () -> old.answerAll(PageResponse.Code.SUCCESS));
        });
    }

    private static void replaces(CoreScene scene, Subsystem.Group group) {
        scene.replaces(
                group,
                Setting.PASID,
                scene.bench().onPasid(1),
                scene.mailbox("of operation 1").handle());
    }

    private void pageRequests(String name, BiConsumer<CoreScene, Subsystem.Group> operations) {
        overlaps.add(new CoreOverlap(name, Rule.CORE_09, CoreOverlap.Subject.PAGE_REQUESTS, scene -> {
            Subsystem.Group group = scene.group("group-a");
            IommuDevice device = scene.device(group, "device-a", Setting.WIDE, true);
            // Hardware may take no page requests of a device whose requests without PASID are blocked.
            scene.attach(group, Pasid.NONE, scene.bench().withoutPasid(0));
            scene.attach(
                    group,
                    Setting.PASID,
                    scene.bench().onPasid(0),
                    scene.mailbox("before").handle());
            if (!scene.bench().sendPageRequest(device, Setting.PASID, PAGE_REQUEST_GROUP, true)) {
                return false;
            }
            operations.accept(scene, group);
            return true;
        }));
    }
}
