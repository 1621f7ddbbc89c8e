package dev.hitless.iommu.qemu.check;

import dev.hitless.iommu.qemu.board.DevicePlace;
import java.util.List;

/** Something to do on a QEMU of its own. */
public abstract class QemuScenario {
    /** The first device is on the root bus, the second behind a root port. */
    static final List<DevicePlace> PLACES = List.of(DevicePlace.onRootBus(4), DevicePlace.behindRootPort(5, 1));

    private final Setup setup;
    private final String name;

    QemuScenario(Setup setup, String name) {
        this.setup = setup;
        this.name = setup.iommu().name() + "/" + name;
    }

    /** Unique name. */
    public final String name() {
        return name;
    }

    /** Does it, on a new QEMU, and adds what it found to {@code tally}. */
    public final void run(Tally tally) {
        try (QemuMachine machine = new QemuMachine(setup, PLACES, offersStore128())) {
            run(machine, tally);
            new Aftermath(name, machine, tally).check();
            tally.finished(machine);
        }
    }

    boolean offersStore128() {
        return true;
    }

    abstract void run(QemuMachine machine, Tally tally);
}
