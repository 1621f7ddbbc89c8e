package dev.hitless.iommu.conformance.overlap;

import dev.hitless.iommu.conformance.machine.Machine;
import java.util.function.Consumer;

/**
 * Operations that overlap: a definition, to be set up on as many machines as it is to be run on.
 *
 * @param name stable, for example {@code first-stage-4-level->sva/beside/unmap-in-old}
 * @param changesPages whether a page comes or goes while a domain is replaced
 * @param setting attaches what has to be there, and says what is to be done
 */
public record Overlap(String name, boolean changesPages, Consumer<Scene> setting) {
    /** Sets it up on a machine without devices. The same on every machine of one kind. */
    public Scene on(Machine machine) {
        Scene scene = new Scene(machine);
        setting.accept(scene);
        return scene;
    }

    /** Whether it is about requests without PASID. */
    public boolean isWithoutPasid() {
        return name.startsWith("rid/");
    }

    @Override
    public String toString() {
        return name;
    }
}
