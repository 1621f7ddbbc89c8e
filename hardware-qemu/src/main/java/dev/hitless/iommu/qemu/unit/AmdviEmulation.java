package dev.hitless.iommu.qemu.unit;

import dev.hitless.iommu.api.platform.RegisterBank;
import dev.hitless.iommu.qemu.board.Board;
import dev.hitless.iommu.qemu.board.DevicePlace;
import dev.hitless.iommu.qemu.board.RunningBoard;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** QEMU's AMD-Vi, release 7.2: v1 tables only, although it says that it knows guest translation. */
public final class AmdviEmulation implements EmulatedIommu {
    private static final long BASE = 0xFED8_0000L;
    private static final long CAPABILITY = 0x1_0000;
    private static final long EXTENDED_FEATURES = 0x30;
    private static final long EXTENDED_FEATURES_2 = 0x1A0;
    private static final long STATUS = 0x2020;
    /** CmdBufRun and EventLogRun. */
    private static final long RUN_BITS = 1L << 4 | 1L << 3;

    /** EventLogInt and EventOverflow. */
    private static final long EVENT_BITS = 1L << 1 | 1L;

    private static final int PCI_SLOT = 1;
    private static final int PCI_CAPABILITY = 0x40;

    @Override
    public String name() {
        return "v1-tables";
    }

    @Override
    public String family() {
        return "amdvi";
    }

    @Override
    public Board board() {
        return Board.Q35;
    }

    @Override
    public List<String> arguments() {
        return List.of("-device", "amd-iommu");
    }

    /** The drivers' register bank shows the IOMMU's PCI capability above its memory-mapped registers. */
    @Override
    public RegisterBank registers(RunningBoard board) {
        RegisterBank mapped = new MappedRegisters(board.qtest(), BASE);
        return new RegisterBank() {
            @Override
            public int read32(long offset) {
                return offset < CAPABILITY
                        ? mapped.read32(offset)
                        : board.readConfiguration(PCI_SLOT, PCI_CAPABILITY + (int) (offset - CAPABILITY));
            }

            @Override
            public long read64(long offset) {
                return mapped.read64(offset);
            }

            @Override
            public void write32(long offset, int value) {
                mapped.write32(offset, value);
            }

            @Override
            public void write64(long offset, long value) {
                mapped.write64(offset, value);
            }
        };
    }

    @Override
    public Map<String, String> modelOptions() {
        Map<String, String> options = new LinkedHashMap<>();
        options.put("giosup", "no");
        options.put("ephsup", "no");
        options.put("guest-levels", "4");
        options.put("gcr3-levels", "1");
        options.put("gcr3trpmode", "no");
        return options;
    }

    @Override
    public Set<Long> identification() {
        return Set.of(CAPABILITY, CAPABILITY + 4, CAPABILITY + 0x10, EXTENDED_FEATURES, EXTENDED_FEATURES_2);
    }

    /** Faults are looked at by themselves: QEMU meets those of every DMA, the model those that it is asked about. */
    @Override
    public long meaningfulBits(long offset) {
        return offset == STATUS ? ~EVENT_BITS : -1L;
    }

    @Override
    public Set<Departure> departures() {
        return EnumSet.of(
                Departure.NO_EVENT_LOG,
                Departure.RUN_BITS_NEED_IOMMU_EN,
                Departure.BUS_0_BEHIND_BRIDGES,
                Departure.IOTLB_FOUND_BY_REQUESTER);
    }

    @Override
    public Optional<Departure> departure(long registerOffset, long difference) {
        return registerOffset == STATUS && (difference & ~RUN_BITS) == 0
                ? Optional.of(Departure.RUN_BITS_NEED_IOMMU_EN)
                : Optional.empty();
    }

    /** See {@link Departure#BUS_0_BEHIND_BRIDGES}. */
    @Override
    public int requesterId(DevicePlace place) {
        return place.requesterId() & 0xFF;
    }
}
