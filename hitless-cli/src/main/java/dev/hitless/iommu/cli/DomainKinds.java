package dev.hitless.iommu.cli;

import dev.hitless.iommu.api.DriverCapabilities;
import dev.hitless.iommu.api.PagingFormat;
import dev.hitless.iommu.api.Stage;
import dev.hitless.iommu.conformance.machine.DomainKind;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The kinds of domain that a driver offers on one path, by every name that a user may give them. */
final class DomainKinds {
    private final Map<String, String> labels = new LinkedHashMap<>();

    private DomainKinds() {}

    static DomainKinds of(DriverCapabilities capabilities, boolean onPasid) {
        DomainKinds kinds = new DomainKinds();
        List<DomainKind> offered = new ArrayList<>(DomainKind.offered(capabilities, onPasid));
        offered.add(DomainKind.BLOCKED);
        for (DomainKind kind : offered) {
            kinds.labels.put(kind.label(), kind.label());
        }
        for (DomainKind kind : offered) {
            kind.format().ifPresent(format -> {
                kinds.labels.putIfAbsent(format.matrixName(), kind.label());
                kinds.labels.putIfAbsent(stageName(format), kind.label());
            });
        }
        return kinds;
    }

    /** The same for every vendor. */
    private static String stageName(PagingFormat format) {
        return format.stage() == Stage.FIRST ? "first-stage" : "second-stage";
    }

    /**
     * The label of the kind called {@code name}; of several that share a name, the one that the driver prefers.
     *
     * @throws BadRequest if there is none
     */
    String require(String name, String option, DriverChoice choice) {
        String label = labels.get(name);
        if (label == null) {
            throw choice.wrong(option + " " + name + " is no kind of domain here"
                    + Similar.to(name, labels.keySet())
                            .map(similar -> "; did you mean " + similar + "? There are ")
                            .orElse("; there are ")
                    + String.join(", ", labels.keySet()));
        }
        return label;
    }
}
