package dev.hitless.iommu.qemu.board;

import java.util.List;

/**
 * Where an {@code edu} device sits.
 *
 * @param slot on bus 0, of the device itself or of the root port before it; 3..30
 * @param bus 0: directly on bus 0; else behind a root port, on this bus
 */
public record DevicePlace(int slot, int bus) {
    /** Checks that there is such a place. */
    public DevicePlace {
        if (slot < 3 || slot > 30 || bus < 0 || bus > 255) {
            throw new IllegalArgumentException(
                    "slot " + slot + ", bus " + bus + "; slots 3..30 and buses 0..255 exist");
        }
    }

    /** On bus 0. */
    public static DevicePlace onRootBus(int slot) {
        return new DevicePlace(slot, 0);
    }

    /** Behind a root port. */
    public static DevicePlace behindRootPort(int slot, int bus) {
        return new DevicePlace(slot, bus);
    }

    /** The id that its requests carry: bus, device, function. */
    public int requesterId() {
        return bus == 0 ? slot << 3 : bus << 8;
    }

    boolean isBehindRootPort() {
        return bus != 0;
    }

    List<String> arguments() {
        String device = "edu,dma_mask=0xffffffffffffffff";
        if (!isBehindRootPort()) {
            return List.of("-device", device + ",addr=" + Integer.toHexString(slot));
        }
        String port = "port" + bus;
        return List.of(
                "-device",
                "pcie-root-port,id=" + port + ",addr=" + Integer.toHexString(slot) + ",chassis=" + bus,
                "-device",
                device + ",addr=0,bus=" + port);
    }
}
