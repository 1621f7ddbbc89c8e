package dev.hitless.iommu.cli.acme;

import dev.hitless.iommu.api.platform.PhysicalMemory;
import dev.hitless.iommu.hardware.CacheKind;
import dev.hitless.iommu.hardware.CpuPageTable;
import dev.hitless.iommu.hardware.DmaRequest;
import dev.hitless.iommu.hardware.GuestContext;
import dev.hitless.iommu.hardware.HardwareModel;
import dev.hitless.iommu.hardware.HardwarePort;
import dev.hitless.iommu.hardware.PageRequestsUnderWay;
import dev.hitless.iommu.hardware.PlainReader;
import dev.hitless.iommu.hardware.Translation;
import dev.hitless.iommu.hardware.Walker;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongUnaryOperator;

/** The hardware: one register for each requester. */
final class AcmeModel implements HardwareModel {
    private final HardwarePort port;
    private final Map<Integer, Long> tables = new HashMap<>();

    AcmeModel(HardwarePort port) {
        this.port = port;
    }

    @Override
    public long readRegister(long offset, int bits) {
        return tables.getOrDefault((int) (offset / 8), 0L);
    }

    @Override
    public void writeRegister(long offset, int bits, long value) {
        tables.put((int) (offset / 8), value);
    }

    @Override
    public void loaded(long address, long value) {}

    @Override
    public Walker walker() {
        return new AcmeWalker(Map.copyOf(tables));
    }

    @Override
    public List<CacheKind> caches() {
        return List.of();
    }

    @Override
    public boolean postedWrites() {
        return false;
    }

    @Override
    public Translation access(DmaRequest request) {
        Translation translation = new Translation();
        walker().translate(request, new PlainReader(port), translation);
        return translation;
    }

    @Override
    public boolean pageRequest(
            int requesterId, int pasid, int group, boolean last, long address, boolean read, boolean write) {
        return false;
    }

    @Override
    public PageRequestsUnderWay pageRequestsUnderWay() {
        return new PageRequestsUnderWay(request -> {});
    }

    @Override
    public CpuPageTable newCpuPageTable(PhysicalMemory memory, int levels, LongUnaryOperator pointerOf) {
        throw new UnsupportedOperationException("no shared address spaces");
    }

    @Override
    public GuestContext newGuestContext(PhysicalMemory memory, int levels, LongUnaryOperator pointerOf) {
        throw new UnsupportedOperationException("no nesting");
    }
}
