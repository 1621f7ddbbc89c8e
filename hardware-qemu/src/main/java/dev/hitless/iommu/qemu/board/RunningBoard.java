package dev.hitless.iommu.qemu.board;

import dev.hitless.iommu.qemu.qtest.QemuProcess;
import dev.hitless.iommu.qemu.qtest.QtestConnection;
import java.io.Closeable;
import java.util.ArrayList;
import java.util.List;

/** A machine that runs, with its devices ready. */
public final class RunningBoard implements Closeable {
    private static final int MEBIBYTE = 1 << 20;

    private final QemuProcess process;
    private final PciConfiguration pci;
    private final List<EduDevice> devices;

    private RunningBoard(QemuProcess process, PciConfiguration pci, List<EduDevice> devices) {
        this.process = process;
        this.pci = pci;
        this.devices = List.copyOf(devices);
    }

    static RunningBoard configure(
            QemuProcess process, PciConfiguration pci, long deviceWindow, List<DevicePlace> places) {
        List<EduDevice> devices = new ArrayList<>();
        for (DevicePlace place : places) {
            long registers = deviceWindow + (long) devices.size() * MEBIBYTE;
            if (place.isBehindRootPort()) {
                openBridge(pci, place, registers);
            }
            int slot = place.isBehindRootPort() ? 0 : place.slot();
            int found = pci.read(place.bus(), slot, 0);
            if (!EduDevice.isOne(found)) {
                throw new IllegalStateException(
                        "there is no edu device at " + place + ", but 0x" + Integer.toHexString(found));
            }
            pci.write(place.bus(), slot, PciConfiguration.BAR0, (int) registers);
            pci.write(place.bus(), slot, PciConfiguration.COMMAND, PciConfiguration.MEMORY_AND_BUS_MASTER);
            devices.add(new EduDevice(process.qtest(), place, registers));
        }
        return new RunningBoard(process, pci, devices);
    }

    /** The root port forwards one MiB of memory, and everything that its device sends. */
    private static void openBridge(PciConfiguration pci, DevicePlace place, long registers) {
        pci.write(0, place.slot(), PciConfiguration.BUSES, place.bus() << 16 | place.bus() << 8);
        int mebibyte = (int) (registers >>> 16) & 0xFFF0;
        pci.write(0, place.slot(), PciConfiguration.MEMORY_WINDOW, mebibyte << 16 | mebibyte);
        pci.write(0, place.slot(), PciConfiguration.COMMAND, PciConfiguration.MEMORY_AND_BUS_MASTER);
    }

    /** The connection to its memory and registers. */
    public QtestConnection qtest() {
        return process.qtest();
    }

    /** Its devices, in the order in which they were asked for. */
    public List<EduDevice> devices() {
        return devices;
    }

    /** A word of the configuration space of the device in {@code slot} of bus 0. */
    public int readConfiguration(int slot, int register) {
        return pci.read(0, slot, register);
    }

    @Override
    public void close() {
        process.close();
    }
}
