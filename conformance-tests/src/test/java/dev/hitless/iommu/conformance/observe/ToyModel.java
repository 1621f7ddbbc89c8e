package dev.hitless.iommu.conformance.observe;

import dev.hitless.iommu.hardware.CacheKind;
import dev.hitless.iommu.hardware.CpuPageTable;
import dev.hitless.iommu.hardware.DmaRequest;
import dev.hitless.iommu.hardware.GuestContext;
import dev.hitless.iommu.hardware.HardwareConfiguration;
import dev.hitless.iommu.hardware.HardwareModel;
import dev.hitless.iommu.hardware.HardwareModelProvider;
import dev.hitless.iommu.hardware.HardwareOption;
import dev.hitless.iommu.hardware.HardwarePort;
import dev.hitless.iommu.hardware.PageRequestsUnderWay;
import dev.hitless.iommu.hardware.Translation;
import dev.hitless.iommu.hardware.Walker;
import java.util.List;
import java.util.function.LongUnaryOperator;

/** Registers of the toy: a doorbell that takes a command, and a status register that tells of the oldest one. */
final class ToyModel implements HardwareModel {
    /** Takes a command: scope's ordinal times 256 plus operand. */
    static final long DOORBELL = 0;
    /** Reading {@code COMPLETED + 8 * n} is how a driver sees that command {@code n} has completed. */
    static final long COMPLETED = 0x1000;

    private final ToyHardware toy;
    private final HardwarePort port;
    private long base;

    private ToyModel(ToyHardware toy, HardwarePort port) {
        this.toy = toy;
        this.port = port;
    }

    static HardwareModelProvider provider(ToyHardware toy) {
        return new HardwareModelProvider() {
            @Override
            public String family() {
                return "toy";
            }

            @Override
            public String description() {
                return "toy hardware of the checker's own tests";
            }

            @Override
            public List<HardwareOption> options() {
                return List.of();
            }

            @Override
            public HardwareModel create(HardwareConfiguration configuration, HardwarePort port) {
                return new ToyModel(toy, port);
            }
        };
    }

    /** Where directory or entries are. */
    void setBase(long address) {
        base = address;
    }

    @Override
    public long readRegister(long offset, int bits) {
        port.observed((int) ((offset - COMPLETED) / 8));
        return 1;
    }

    @Override
    public void writeRegister(long offset, int bits, long value) {
        ToyInvalidation.Scope scope = ToyInvalidation.Scope.values()[(int) (value >>> 8)];
        port.submitted(new ToyInvalidation(scope, (int) value & 0xFF));
    }

    @Override
    public void loaded(long address, long value) {
        // Completion is not told by memory.
    }

    @Override
    public Walker walker() {
        return new ToyWalker(toy, base);
    }

    @Override
    public List<CacheKind> caches() {
        return List.of(
                ToyHardware.DIRECTORY_CACHE,
                ToyHardware.ENTRY_CACHE,
                ToyHardware.TABLE_CACHE,
                ToyHardware.TLB,
                ToyHardware.DEVICE_TLB);
    }

    @Override
    public boolean postedWrites() {
        return toy.postedWrites();
    }

    @Override
    public Translation access(DmaRequest request) {
        throw new UnsupportedOperationException("the toy is only looked at by the checker");
    }

    @Override
    public boolean pageRequest(
            int requesterId, int pasid, int group, boolean last, long address, boolean read, boolean write) {
        throw new UnsupportedOperationException("the toy has no page requests");
    }

    @Override
    public PageRequestsUnderWay pageRequestsUnderWay() {
        throw new UnsupportedOperationException("the toy has no page requests");
    }

    @Override
    public CpuPageTable newCpuPageTable(
            dev.hitless.iommu.api.platform.PhysicalMemory memory, int levels, LongUnaryOperator pointerOf) {
        throw new UnsupportedOperationException("the toy has no CPU");
    }

    @Override
    public GuestContext newGuestContext(
            dev.hitless.iommu.api.platform.PhysicalMemory memory, int levels, LongUnaryOperator pointerOf) {
        throw new UnsupportedOperationException("the toy has no guests");
    }
}
