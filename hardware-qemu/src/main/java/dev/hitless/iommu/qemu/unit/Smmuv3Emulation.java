package dev.hitless.iommu.qemu.unit;

import dev.hitless.iommu.api.platform.RegisterBank;
import dev.hitless.iommu.qemu.board.Board;
import dev.hitless.iommu.qemu.board.RunningBoard;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** QEMU's SMMUv3, release 7.2: stage 1 only, no substreams, no ATS. */
public final class Smmuv3Emulation implements EmulatedIommu {
    private static final long BASE = 0x0905_0000L;
    private static final long LAST_ID = 0x1C;
    private static final long EVENT_QUEUE_PROD = 0x1_00A8;
    private static final long GLOBAL_BYPASS = 0x44;
    private static final long GLOBAL_ERRORS = 0x60;

    @Override
    public String name() {
        return "stage-1";
    }

    @Override
    public String family() {
        return "smmuv3";
    }

    @Override
    public Board board() {
        return Board.VIRT;
    }

    /** The machine has one. */
    @Override
    public List<String> arguments() {
        return List.of();
    }

    @Override
    public RegisterBank registers(RunningBoard board) {
        return new MappedRegisters(board.qtest(), BASE);
    }

    @Override
    public Map<String, String> modelOptions() {
        Map<String, String> options = new LinkedHashMap<>();
        options.put("stage2", "no");
        options.put("substreams", "no");
        options.put("pri", "no");
        options.put("ats", "no");
        options.put("msi", "no");
        options.put("vmid16", "no");
        options.put("hyp", "no");
        options.put("attribute-override", "no");
        options.put("stall-model", "terminate");
        options.put("break-before-make-level", "2");
        options.put("output-bits", "44");
        return options;
    }

    @Override
    public Set<Long> identification() {
        return Set.of(0x0L, 0x4L, 0x8L, 0xCL, 0x10L, 0x14L, 0x18L, LAST_ID);
    }

    /** Faults are looked at by themselves: QEMU meets those of every DMA, the model those that it is asked about. */
    @Override
    public long meaningfulBits(long offset) {
        if (offset == EVENT_QUEUE_PROD) {
            return 0;
        }
        return offset == GLOBAL_ERRORS ? ~4L : -1L;
    }

    @Override
    public Set<Departure> departures() {
        return Set.of(Departure.GBPA_IGNORED);
    }

    @Override
    public Optional<Departure> departure(long registerOffset, long difference) {
        return registerOffset == GLOBAL_BYPASS ? Optional.of(Departure.GBPA_IGNORED) : Optional.empty();
    }
}
