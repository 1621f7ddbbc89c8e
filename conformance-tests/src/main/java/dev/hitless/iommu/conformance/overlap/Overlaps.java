package dev.hitless.iommu.conformance.overlap;

import dev.hitless.iommu.api.Capability;
import dev.hitless.iommu.api.DomainType;
import dev.hitless.iommu.api.DriverCapabilities;
import dev.hitless.iommu.api.Pasid;
import dev.hitless.iommu.api.Stage;
import dev.hitless.iommu.conformance.machine.DomainKind;
import dev.hitless.iommu.conformance.machine.Mapping;
import dev.hitless.iommu.conformance.machine.ModelledDomain;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/**
 * The catalogue of operations that overlap.
 *
 * <p>Kinds of domains are not all paired with all: what overlapping adds to a change are the locks, the list of a domain's
 * users, the tables of a device, the tags and the command queue, and these do not depend on all that differs between kinds.
 * So each of these is met once: two domains of the first kind that PASIDs can have; from it to one that is walked in another
 * way (another stage, where there is one: other tags, and another plan); and a shared address space, whose pages the CPU takes
 * away. Every kind is met in the scenarios of one operation.
 */
public final class Overlaps {
    private static final Pasid SUBJECT = Pasid.of(0x5);
    private static final Pasid NEIGHBOUR = Pasid.of(0x6);
    private static final Pasid FAR = Pasid.of(0x4C5);
    private static final Pasid FRESH = Pasid.of(0x8A5);
    private static final Pasid NEXT_TO_FRESH = Pasid.of(0x8A6);

    private final List<Overlap> overlaps = new ArrayList<>();
    private final DriverCapabilities claimed;

    private Overlaps(DriverCapabilities claimed) {
        this.claimed = claimed;
    }

    /** Those that a driver with these capabilities may be able to do. */
    public static List<Overlap> of(DriverCapabilities claimed) {
        Overlaps catalogue = new Overlaps(claimed);
        if (claimed.has(Capability.PASID)) {
            catalogue.addPasids();
        }
        catalogue.addRequestsWithoutPasid();
        catalogue.addStages();
        catalogue.addParents();
        catalogue.addDeparture();
        return List.copyOf(catalogue.overlaps);
    }

    private void addPasids() {
        List<DomainKind> kinds = DomainKind.offered(claimed, true);
        Optional<DomainKind> paging =
                kinds.stream().filter(kind -> kind.type() == DomainType.PAGING).findFirst();
        Optional<DomainKind> shared =
                kinds.stream().filter(kind -> kind.type() == DomainType.SVA).findFirst();
        paging.ifPresent(usual -> {
            DomainKind other = walkedOtherwise(kinds, usual).or(() -> shared).orElse(usual);
            addTwoChanges(usual, usual, other);
            addPages(usual, other);
            shared.ifPresent(sva -> addSharedPages(usual, sva, other));
            addArrivals(usual);
            addOtherPath(usual);
        });
    }

    private static Optional<DomainKind> walkedOtherwise(List<DomainKind> kinds, DomainKind usual) {
        return kinds.stream()
                .filter(kind -> kind.type() == DomainType.PAGING
                        && kind.format().orElseThrow().stage()
                                != usual.format().orElseThrow().stage())
                .findFirst();
    }

    private void add(String what, DomainKind from, DomainKind to, boolean changesPages, Consumer<Scene> setting) {
        overlaps.add(new Overlap("pasid/" + from + "->" + to + "/beside/" + what, changesPages, setting));
    }

    private void addTwoChanges(DomainKind from, DomainKind to, DomainKind other) {
        besideNeighbour("same-leaf", from, to, NEIGHBOUR);
        besideNeighbour("same-leaf", from, other, NEIGHBOUR);
        besideNeighbour("other-leaf", from, to, FAR);
        add("attach-in-same-new-leaf", from, to, false, scene -> {
            scene.attach(scene.device(), SUBJECT, scene.domain(from));
            scene.sets(scene.device(), FRESH, scene.domain(from));
            scene.sets(scene.device(), NEXT_TO_FRESH, scene.domain(to));
        });
        add("refusal", from, to, false, scene -> {
            ModelledDomain old = scene.domain(from);
            ModelledDomain replacement = scene.domain(to);
            scene.attach(scene.device(), SUBJECT, old);
            scene.sets(scene.device(), SUBJECT, replacement);
            scene.does(new RefusedChange(scene.device(), NEIGHBOUR, replacement, old));
        });
        add("second-device", from, to, false, scene -> {
            ModelledDomain old = scene.domain(from);
            ModelledDomain replacement = scene.domain(to);
            scene.attach(scene.device(), SUBJECT, old);
            scene.attach(scene.second(), SUBJECT, old);
            scene.sets(scene.device(), SUBJECT, replacement);
            scene.sets(scene.second(), SUBJECT, replacement);
        });
        add("second-device-back", from, other, false, scene -> {
            ModelledDomain old = scene.domain(from);
            ModelledDomain replacement = scene.domain(other);
            scene.attach(scene.device(), SUBJECT, old);
            scene.attach(scene.second(), SUBJECT, replacement);
            scene.sets(scene.device(), SUBJECT, replacement);
            scene.sets(scene.second(), SUBJECT, old);
        });
        add("removal-on-second-device", from, to, false, scene -> {
            ModelledDomain old = scene.domain(from);
            scene.attach(scene.device(), SUBJECT, old);
            scene.attach(scene.second(), SUBJECT, old);
            scene.sets(scene.device(), SUBJECT, scene.domain(to));
            scene.sets(scene.second(), SUBJECT, scene.machine().blocked());
        });
    }

    private void besideNeighbour(String where, DomainKind from, DomainKind to, Pasid neighbour) {
        add(where, from, to, false, scene -> {
            ModelledDomain old = scene.domain(from);
            ModelledDomain replacement = scene.domain(to);
            scene.attach(scene.device(), SUBJECT, old);
            scene.attach(scene.device(), neighbour, old);
            scene.sets(scene.device(), SUBJECT, replacement);
            scene.sets(scene.device(), neighbour, replacement);
        });
    }

    private void addPages(DomainKind kind, DomainKind other) {
        for (boolean inNew : new boolean[] {false, true}) {
            String where = inNew ? "in-new" : "in-old";
            pageBeside("map-" + where, kind, kind, inNew, true);
            pageBeside("unmap-" + where, kind, kind, inNew, false);
        }
        pageBeside("unmap-in-new", kind, other, true, false);
    }

    /** The CPU's page table: the driver hears of pages that go by a listener. */
    private void addSharedPages(DomainKind kind, DomainKind shared, DomainKind other) {
        pageBeside("unmap-in-old", shared, kind, false, false);
        if (!shared.equals(other)) {
            pageBeside("unmap-in-new", kind, shared, true, false);
        }
    }

    private void pageBeside(String what, DomainKind from, DomainKind to, boolean inNew, boolean adds) {
        add(what, from, to, true, scene -> {
            ModelledDomain old = scene.domain(from);
            ModelledDomain replacement = scene.domain(to);
            scene.attach(scene.device(), SUBJECT, old);
            scene.attach(scene.second(), NEIGHBOUR, inNew ? replacement : old);
            scene.sets(scene.device(), SUBJECT, replacement);
            ModelledDomain changed = inNew ? replacement : old;
            Mapping first = changed.mappings().get(0);
            scene.does(
                    adds
                            ? PageChange.map(
                                    changed,
                                    changed.pages().orElseThrow().spare().orElseThrow())
                            : PageChange.unmap(changed, first));
        });
    }

    private void addArrivals(DomainKind kind) {
        add("probe", kind, kind, false, scene -> {
            scene.attach(scene.device(), SUBJECT, scene.domain(kind));
            scene.sets(scene.device(), SUBJECT, scene.domain(kind));
            scene.does(new DeviceProbe(scene.machine(), "device-c", 0x0030));
        });
        add("release", kind, kind, false, scene -> {
            scene.attach(scene.device(), SUBJECT, scene.domain(kind));
            scene.sets(scene.device(), SUBJECT, scene.domain(kind));
            scene.does(new DeviceRelease(scene.machine(), scene.second()));
        });
    }

    /** One domain of each stage behind requests without PASID. */
    private void addOtherPath(DomainKind kind) {
        Set<Stage> stages = EnumSet.noneOf(Stage.class);
        for (DomainKind other : DomainKind.offered(claimed, false)) {
            if (other.format().isPresent()
                    && stages.add(other.format().orElseThrow().stage())) {
                add("change-to-" + other + "-without-pasid", kind, kind, false, scene -> {
                    scene.attach(scene.device(), Pasid.NONE, scene.domain(other));
                    scene.attach(scene.device(), SUBJECT, scene.domain(kind));
                    scene.sets(scene.device(), SUBJECT, scene.domain(kind));
                    scene.sets(scene.device(), Pasid.NONE, scene.domain(other));
                });
            }
        }
    }

    /**
     * The host takes a page from a guest, or gives it one, while the guest's domain is put in place of another: the domain
     * that changes is the parent, which no device is attached to. Behind PASIDs where the driver can have it there.
     */
    private void addParents() {
        boolean onPasid = claimed.has(Capability.PASID)
                && DomainKind.offered(claimed, true).stream().anyMatch(Overlaps::isNested);
        Pasid pasid = onPasid ? SUBJECT : Pasid.NONE;
        List<DomainKind> kinds = DomainKind.offered(claimed, onPasid);
        kinds.stream().filter(Overlaps::isNested).findFirst().ifPresent(nested -> {
            parentBeside(pasid, nested, nested, false, false);
            parentBeside(pasid, nested, nested, false, true);
            kinds.stream()
                    .filter(kind -> kind.type() == DomainType.PAGING)
                    .findFirst()
                    .ifPresent(paging -> parentBeside(pasid, paging, nested, true, false));
        });
    }

    private static boolean isNested(DomainKind kind) {
        return kind.type() == DomainType.NESTED;
    }

    private void parentBeside(Pasid pasid, DomainKind from, DomainKind to, boolean inNew, boolean adds) {
        String path = pasid.isNone() ? "rid/" : "pasid/";
        String what = (adds ? "map" : "unmap") + "-in-parent-of-" + (inNew ? "new" : "old");
        overlaps.add(new Overlap(path + from + "->" + to + "/beside/" + what, true, scene -> {
            ModelledDomain old = scene.domain(from);
            ModelledDomain replacement = scene.domain(to);
            ModelledDomain guest = inNew ? replacement : old;
            Mapping page = guest.mappings().get(0);
            if (adds) {
                PageChange taken = PageChange.unmap(guest, page);
                taken.run();
                taken.note();
            }
            scene.attach(scene.device(), pasid, old);
            scene.attach(scene.second(), pasid, guest);
            scene.sets(scene.device(), pasid, replacement);
            scene.does(adds ? PageChange.map(guest, page) : PageChange.unmap(guest, page));
        }));
    }

    private void addRequestsWithoutPasid() {
        DomainKind.offered(claimed, false).stream()
                .filter(kind -> kind.type() == DomainType.PAGING)
                .findFirst()
                .ifPresent(kind -> overlaps.add(
                        new Overlap("rid/" + kind + "->" + kind + "/beside/second-device", false, scene -> {
                            ModelledDomain old = scene.domain(kind);
                            ModelledDomain replacement = scene.domain(kind);
                            scene.attach(scene.device(), Pasid.NONE, old);
                            scene.attach(scene.second(), Pasid.NONE, old);
                            scene.sets(scene.device(), Pasid.NONE, replacement);
                            scene.sets(scene.second(), Pasid.NONE, replacement);
                        })));
    }

    /** From one stage to another and back, without PASID, while pages of the domain of the first one go. */
    private void addStages() {
        List<DomainKind> kinds = DomainKind.offered(claimed, false);
        kinds.stream()
                .filter(kind -> kind.type() == DomainType.PAGING)
                .findFirst()
                .ifPresent(usual -> walkedOtherwise(kinds, usual).ifPresent(other -> {
                    pageBesideStages(usual, other, false);
                    pageBesideStages(other, usual, true);
                }));
    }

    private void pageBesideStages(DomainKind from, DomainKind to, boolean inNew) {
        String what = "unmap-in-" + (inNew ? "new" : "old");
        overlaps.add(new Overlap("rid/" + from + "->" + to + "/beside/" + what, true, scene -> {
            ModelledDomain old = scene.domain(from);
            ModelledDomain replacement = scene.domain(to);
            ModelledDomain changed = inNew ? replacement : old;
            scene.attach(scene.device(), Pasid.NONE, old);
            scene.attach(scene.second(), Pasid.NONE, changed);
            scene.sets(scene.device(), Pasid.NONE, replacement);
            scene.does(PageChange.unmap(changed, changed.mappings().get(0)));
        }));
    }

    /** Whom an unmap has found among the users is there, with ATS on, until it was told: one preemption comes between. */
    private void addDeparture() {
        boolean onPasid = claimed.has(Capability.PASID);
        Pasid pasid = onPasid ? SUBJECT : Pasid.NONE;
        DomainKind.offered(claimed, onPasid).stream()
                .filter(kind -> kind.type() == DomainType.PAGING)
                .findFirst()
                .ifPresent(kind -> overlaps.add(new Overlap(
                        (onPasid ? "pasid/" : "rid/") + kind + "->released/beside/unmap-in-old", true, 1, scene -> {
                            ModelledDomain domain = scene.domain(kind);
                            scene.attach(scene.device(), pasid, domain);
                            scene.attach(scene.second(), pasid, domain);
                            scene.does(new DeviceDeparture(scene.machine(), scene.device(), pasid));
                            scene.does(
                                    PageChange.unmap(domain, domain.mappings().get(0)));
                        })));
    }
}
