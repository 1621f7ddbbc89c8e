package dev.hitless.iommu.hardware.vtd;

import static dev.hitless.iommu.hardware.vtd.TestTables.PASID;
import static dev.hitless.iommu.hardware.vtd.TestTables.SID;
import static org.assertj.core.api.Assertions.assertThat;

import dev.hitless.iommu.hardware.DmaRequest;
import dev.hitless.iommu.hardware.FakeBus;
import dev.hitless.iommu.hardware.FaultClass;
import dev.hitless.iommu.hardware.PlainReader;
import dev.hitless.iommu.hardware.Translation;
import java.util.Map;
import org.junit.jupiter.api.Test;

class VtdWalkerTest {
    private static final long IOVA = 0x7654_3210_9000L;
    private static final long TARGET = 0x1_2345_6000L;

    private final FakeBus bus = new FakeBus();
    private final TestTables tables = new TestTables(bus);
    private final Translation out = new Translation();
    private VtdCapabilities capabilities = TestTables.capabilities(Map.of());

    private VtdWalker walker() {
        return new VtdWalker(true, tables.rootPointer(), capabilities, new VtdStructures(capabilities));
    }

    private Translation translate(DmaRequest request) {
        walker().translate(request, new PlainReader(bus), out);
        walker().admit(request, out);
        return out;
    }

    private Translation read(long iova) {
        return translate(new DmaRequest(SID, PASID, iova, false, false));
    }

    private Translation write(long iova) {
        return translate(new DmaRequest(SID, PASID, iova, true, false));
    }

    private long firstStage() {
        long table = tables.page();
        tables.map(table, 4, IOVA, 12, TARGET | 0x67, 0x27);
        tables.pasidEntry(1 << 6 | 1, 1L << 23 | 5, table);
        return table;
    }

    private long secondStage() {
        long table = tables.page();
        tables.map(table, 4, IOVA, 12, TARGET | 3, 3);
        tables.pasidEntry(table | 2 << 6 | 2 << 2 | 1, 1L << 23 | 5, 0);
        return table;
    }

    private void expect(Translation fault, int code, FaultClass faultClass) {
        assertThat(fault.isFault()).as("%s", fault).isTrue();
        assertThat(Integer.toHexString(fault.faultCode())).as("%s", fault).isEqualTo(Integer.toHexString(code));
        assertThat(fault.faultClass()).isEqualTo(faultClass);
    }

    @Test
    void firstStageTranslates() {
        firstStage();
        assertThat(read(IOVA + 0x123).output(IOVA + 0x123)).isEqualTo(TARGET + 0x123);
        assertThat(write(IOVA).isFault()).isFalse();
        assertThat(out.pageBytes()).isEqualTo(4096);
        assertThat(out.tag()).isEqualTo(CacheTag.firstStage(5, PASID, false, false));
    }

    @Test
    void secondStageTranslates() {
        secondStage();
        assertThat(read(IOVA + 8).output(IOVA + 8)).isEqualTo(TARGET + 8);
        assertThat(out.tag()).isEqualTo(CacheTag.secondStage(5));
    }

    @Test
    void aPasidEntryThatIsNotPresentBlocks() {
        expect(read(IOVA), 0x59, FaultClass.BLOCKED);
    }
}
