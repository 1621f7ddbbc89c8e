package dev.hitless.iommu.qemu.board;

import dev.hitless.iommu.qemu.qtest.QemuProcess;
import dev.hitless.iommu.qemu.qtest.QemuProgram;
import dev.hitless.iommu.qemu.qtest.QtestConnection;
import java.util.ArrayList;
import java.util.List;

/**
 * A kind of machine. With 4 GiB, both have memory in {@code [0x5000_0000, 0x8000_0000)} and from 4 GiB on: the first range is
 * for pages that devices work on, the second for the driver's tables.
 */
public enum Board {
    /** A PC with a PCI Express chipset. */
    Q35(QemuProgram.X86, 0xE000_0000L) {
        @Override
        List<String> machine() {
            return List.of("-machine", "q35,pit=off,hpet=off,sata=off,smm=off,vmport=off,graphics=off");
        }

        @Override
        byte[] firmware() {
            return Firmware.x86();
        }

        @Override
        PciConfiguration pci(QtestConnection qtest) {
            return new PortConfiguration(qtest);
        }
    },

    /** An Arm machine with an SMMU between PCI Express and memory. */
    VIRT(QemuProgram.ARM, 0x1000_0000L) {
        @Override
        List<String> machine() {
            return List.of("-machine", "virt,iommu=smmuv3", "-cpu", "cortex-a57");
        }

        @Override
        byte[] firmware() {
            return Firmware.arm();
        }

        @Override
        PciConfiguration pci(QtestConnection qtest) {
            return new MappedConfiguration(qtest, ECAM);
        }
    };

    /** First byte that devices may work on. */
    public static final long DATA_START = 0x5000_0000L;

    /** Where that memory ends. */
    public static final long DATA_END = 0x8000_0000L;

    private static final long ECAM = 0x40_1000_0000L;
    /** Virtual time goes by only while the processor works, and jumps to the next timer while it sleeps, as it always does. */
    private static final List<String> COMMON = List.of(
            "-accel",
            "tcg",
            "-icount",
            "shift=0,sleep=off",
            "-display",
            "none",
            "-nodefaults",
            "-no-user-config",
            "-m",
            "4096",
            "-bios",
            "%FIRMWARE%");

    private final QemuProgram program;
    private final long deviceWindow;

    Board(QemuProgram program, long deviceWindow) {
        this.program = program;
        this.deviceWindow = deviceWindow;
    }

    abstract List<String> machine();

    abstract byte[] firmware();

    abstract PciConfiguration pci(QtestConnection qtest);

    /** The program that emulates it. */
    public QemuProgram program() {
        return program;
    }

    /**
     * Starts one and makes its devices reachable: bridges forward, devices have addresses and may do DMA.
     *
     * @param iommu further arguments for QEMU, before those of the devices
     * @param places where to put {@code edu} devices
     */
    public RunningBoard start(List<String> iommu, List<DevicePlace> places) {
        List<String> arguments = new ArrayList<>(machine());
        arguments.addAll(COMMON);
        arguments.addAll(iommu);
        places.forEach(place -> arguments.addAll(place.arguments()));
        QemuProcess process = QemuProcess.start(program, firmware(), arguments);
        try {
            return RunningBoard.configure(process, pci(process.qtest()), deviceWindow, places);
        } catch (RuntimeException failure) {
            process.close();
            throw failure;
        }
    }
}
