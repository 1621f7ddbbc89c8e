package dev.hitless.iommu.qemu.unit;

import dev.hitless.iommu.api.Pasid;
import dev.hitless.iommu.api.platform.RegisterBank;
import dev.hitless.iommu.qemu.board.Board;
import dev.hitless.iommu.qemu.board.RunningBoard;
import dev.hitless.iommu.qemu.qtest.QtestConnection;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * QEMU's VT-d in scalable mode, release 7.2: second stage only, tables of 3 levels or of 3 and 4, neither coherent nor with
 * device TLBs.
 *
 * <p>No device of QEMU sends PASIDs, but requests without one are looked up under the PASID that the context entry names as
 * RID_PASID, whatever it is. So a domain behind a PASID is reached by writing that PASID there, behind the driver's back.
 *
 * <pre>
 *  root entry, 16 bytes, index bus     63:12 context table | 0 present    lower word: devices 0..15, upper word: 16..31
 *  context entry, 32 bytes, index      word 0: 63:12 PASID directory | 11:9 its size | 0 present
 *    device.function in its half       word 1: 19:0 RID_PASID
 * </pre>
 */
public final class VtdEmulation implements EmulatedIommu {
    private static final long BASE = 0xFED9_0000L;
    private static final long CAP = 0x08;
    private static final long ECAP = 0x10;
    private static final long FSTS = 0x34;
    private static final long ROOT_TABLE = 0x20;
    private static final int ANY_PASID_ENTRY_PROBLEM = 0x58;
    private static final int LEGACY_BEYOND_WIDTH = 0x04;
    private static final int LEGACY_READ = 0x06;
    private static final int WRITE_DENIED = 0x85;
    private static final int READ_DENIED = 0x86;
    private static final int CONTEXT_ENTRY_BYTES = 32;
    private static final long TABLE_ADDRESS = ~0xFFFL;

    private final boolean fourLevels;
    private final boolean pasids;

    /**
     * @param fourLevels whether tables may have 4 levels (48 bits); else 3 (39 bits)
     * @param pasids whether it says that it supports requests with PASID
     */
    public VtdEmulation(boolean fourLevels, boolean pasids) {
        this.fourLevels = fourLevels;
        this.pasids = pasids;
    }

    @Override
    public String name() {
        return (fourLevels ? "48-bit" : "39-bit") + (pasids ? "-pasid" : "");
    }

    @Override
    public String family() {
        return "vtd";
    }

    @Override
    public Board board() {
        return Board.Q35;
    }

    @Override
    public List<String> arguments() {
        return List.of(
                "-device",
                "intel-iommu,intremap=off,x-scalable-mode=on,aw-bits=" + (fourLevels ? "48" : "39")
                        + (pasids ? ",x-pasid-mode=on" : ""));
    }

    @Override
    public RegisterBank registers(RunningBoard board) {
        return new MappedRegisters(board.qtest(), BASE);
    }

    @Override
    public Map<String, String> modelOptions() {
        Map<String, String> options = new LinkedHashMap<>();
        options.put("coherent", "no");
        options.put("page-walk-coherent", "no");
        options.put("device-tlb", "no");
        options.put("levels", fourLevels ? "4" : "3");
        options.put("pasid", pasids ? "yes" : "no");
        options.put("first-stage", "no");
        options.put("nested", "no");
        options.put("page-requests", "no");
        options.put("execute-requests", "no");
        options.put("extended-accessed", "no");
        options.put("snoop-control", "no");
        options.put("second-stage-dirty", "no");
        return options;
    }

    @Override
    public Set<Long> identification() {
        return Set.of(CAP, CAP + 4, ECAP, ECAP + 4);
    }

    /** Faults are looked at by themselves: QEMU meets those of every DMA, the model those that it is asked about. */
    @Override
    public long meaningfulBits(long offset) {
        return offset == FSTS ? ~0xFF83L : -1L;
    }

    @Override
    public Set<Departure> departures() {
        return EnumSet.of(
                Departure.ONE_REASON_FOR_PASID_ENTRIES,
                Departure.LEGACY_FAULT_REASONS,
                Departure.IOTLB_FOUND_BY_REQUESTER,
                Departure.PASS_THROUGH_STICKS);
    }

    @Override
    public Optional<Departure> faultDeparture(int recorded, int expected) {
        if (recorded == ANY_PASID_ENTRY_PROBLEM && expected >= 0x50 && expected <= 0x5F) {
            return Optional.of(Departure.ONE_REASON_FOR_PASID_ENTRIES);
        }
        boolean legacy = recorded >= LEGACY_BEYOND_WIDTH && recorded <= LEGACY_READ;
        boolean secondStage =
                (expected >= 0x78 && expected <= 0x7F) || expected == WRITE_DENIED || expected == READ_DENIED;
        return legacy && secondStage ? Optional.of(Departure.LEGACY_FAULT_REASONS) : Optional.empty();
    }

    @Override
    public boolean reachesPasids() {
        return pasids;
    }

    @Override
    public void aim(RunningBoard board, int requesterId, Pasid pasid) {
        QtestConnection qtest = board.qtest();
        int bus = requesterId >>> 8;
        int function = requesterId & 0xFF;
        long root = qtest.read64(BASE + ROOT_TABLE) & TABLE_ADDRESS;
        long contexts = qtest.read64(root + 16L * bus + 8L * (function >>> 7)) & TABLE_ADDRESS;
        long entry = contexts + (long) CONTEXT_ENTRY_BYTES * (function & 0x7F);
        if ((qtest.read64(entry) & 1) == 0) {
            throw new IllegalStateException(
                    "device 0x" + Integer.toHexString(requesterId) + " has no context entry; probe it first");
        }
        qtest.write64(entry + 8, pasid.value());
    }
}
