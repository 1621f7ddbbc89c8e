package dev.hitless.iommu.conformance.overlap;

import dev.hitless.iommu.conformance.machine.Machine;
import java.util.function.Consumer;

/**
 * Operations that overlap: a definition, to be set up on as many machines as it is to be run on.
 *
 * @param name stable, for example {@code first-stage-4-level->sva/beside/unmap-in-old}
 * @param changesPages whether a page comes or goes while a domain is replaced
 * @param mostPreemptions beyond this many in one schedule nothing more is to be learnt
 * @param setting attaches what has to be there, and says what is to be done
 */
public record Overlap(String name, boolean changesPages, int mostPreemptions, Consumer<Scene> setting) {
    /** One that may be searched with as many preemptions as is wished. */
    public Overlap(String name, boolean changesPages, Consumer<Scene> setting) {
        this(name, changesPages, Integer.MAX_VALUE, setting);
    }

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
