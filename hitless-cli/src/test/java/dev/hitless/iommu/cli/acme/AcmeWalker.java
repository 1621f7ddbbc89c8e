package dev.hitless.iommu.cli.acme;

import dev.hitless.iommu.hardware.CacheKind;
import dev.hitless.iommu.hardware.DmaRequest;
import dev.hitless.iommu.hardware.FaultClass;
import dev.hitless.iommu.hardware.StructureKind;
import dev.hitless.iommu.hardware.StructureReader;
import dev.hitless.iommu.hardware.Translation;
import dev.hitless.iommu.hardware.Walker;
import java.util.Map;

/** Finds the entry, then the page. */
record AcmeWalker(Map<Integer, Long> tables) implements Walker {
    private static final long PAGE = 0x1000;
    private static final int PAGES = 256;
    private static final int WRITE = 1;
    private static final int PRESENT = 2;

    private static final StructureKind ENTRY = new StructureKind("entry", 2, 1, StructureKind.FetchOrder.ANY, 0, true);
    private static final StructureKind LISTED =
            new StructureKind("page", 2, 2, StructureKind.FetchOrder.WHOLE, 0, true);
    private static final CacheKind DEVICE = new CacheKind("device", CacheKind.Role.DEVICE_TRANSLATION);

    @Override
    public void translate(DmaRequest request, StructureReader reader, Translation out) {
        long table = tables.getOrDefault(request.requesterId(), 0L);
        if (table == 0 || !reader.fetch(ENTRY, table + 16L * (request.pasid() + 1))) {
            out.fault(FaultClass.BLOCKED, 1, "no table");
            return;
        }
        long list = reader.word(0);
        long base = reader.word(1);
        if (list == 0) {
            out.fault(FaultClass.BLOCKED, 2, "blocked");
            return;
        }
        for (int i = 0; i < PAGES && reader.fetch(LISTED, list + 16L * i); i++) {
            long page = reader.word(0);
            if ((page & PRESENT) != 0 && (page & -PAGE) == (request.iova() & -PAGE)) {
                int permissions = Translation.READ | ((page & WRITE) != 0 ? Translation.WRITE : 0);
                out.translated(page & -PAGE, base + reader.word(1), PAGE, permissions, 0);
                return;
            }
        }
        out.fault(FaultClass.NOT_MAPPED, 3, "not mapped");
    }

    @Override
    public void admit(DmaRequest request, Translation out) {
        if (!out.isFault() && request.write() && (out.permissions() & Translation.WRITE) == 0) {
            out.fault(FaultClass.PERMISSION, 4, "read only");
        }
    }

    @Override
    public CacheKind deviceCache() {
        return DEVICE;
    }

    @Override
    public long deviceTag(DmaRequest request) {
        return request.pasid();
    }
}
