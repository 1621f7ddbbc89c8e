package dev.hitless.iommu.hardware.vtd;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hitless.iommu.hardware.DmaRequest;
import dev.hitless.iommu.hardware.FakeBus;
import dev.hitless.iommu.hardware.FaultClass;
import dev.hitless.iommu.hardware.Translation;
import java.util.Map;

/** Tables, a walker for them, and requests of one device. Bit values are literals: what is tested shares no constant. */
abstract class WalkerFixture {
    static final long IOVA = 0x7654_3210_9000L;
    static final long TARGET = 0x1_2345_6000L;
    static final int DID = 5;
    static final long PWSNP = 1L << 23;
    static final long NOWHERE = 0xF_0000_0000_0000L;

    final FakeBus bus = new FakeBus();
    final TestTables tables = new TestTables(bus);
    final Translation out = new Translation();
    VtdCapabilities capabilities = TestTables.capabilities(Map.of());
    RecordingReader reader = new RecordingReader(bus);
    long rootPointer = tables.rootPointer();

    void hardware(String... optionValues) {
        Map<String, String> chosen = new java.util.HashMap<>();
        for (String optionValue : optionValues) {
            String[] parts = optionValue.split("=");
            chosen.put(parts[0], parts[1]);
        }
        capabilities = TestTables.capabilities(chosen);
    }

    Translation translate(DmaRequest request) {
        VtdWalker walker = new VtdWalker(true, rootPointer, capabilities, new VtdStructures(capabilities));
        reader = new RecordingReader(bus);
        walker.translate(request, reader, out);
        walker.admit(request, out);
        return out;
    }

    Translation read(long iova) {
        return translate(new DmaRequest(TestTables.SID, TestTables.PASID, iova, false, false));
    }

    Translation write(long iova) {
        return translate(new DmaRequest(TestTables.SID, TestTables.PASID, iova, true, false));
    }

    Translation readWithoutPasid(long iova) {
        return translate(new DmaRequest(TestTables.SID, DmaRequest.NO_PASID, iova, false, false));
    }

    Translation ask(long iova) {
        return translate(new DmaRequest(TestTables.SID, TestTables.PASID, iova, false, true));
    }

    /** A 4-level first-stage table that maps {@link #IOVA}; returns the root. */
    long firstStage() {
        long table = tables.page();
        tables.map(table, 4, IOVA, 12, TARGET | 0x67, 0x27);
        tables.pasidEntry(1 << 6 | 1, PWSNP | DID, table);
        return table;
    }

    /** A 4-level second-stage table that maps {@link #IOVA}; returns the root. */
    long secondStage() {
        long table = tables.page();
        tables.map(table, 4, IOVA, 12, TARGET | 3, 3);
        tables.pasidEntry(table | 2 << 6 | 2 << 2 | 1, PWSNP | DID, 0);
        return table;
    }

    static void expectFault(Translation out, int code, FaultClass faultClass) {
        assertThat(out.isFault()).as("%s", out).isTrue();
        assertThat(Integer.toHexString(out.faultCode())).as("%s", out).isEqualTo(Integer.toHexString(code));
        assertThat(out.faultClass()).isEqualTo(faultClass);
    }

    static void expectTarget(Translation out, long iova, long target) {
        assertThat(out.isFault()).as("%s", out).isFalse();
        assertThat(Long.toHexString(out.output(iova))).isEqualTo(Long.toHexString(target));
    }
}
