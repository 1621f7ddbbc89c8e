package dev.hitless.iommu.hardware.smmuv3;

import dev.hitless.iommu.hardware.CacheKind;
import dev.hitless.iommu.hardware.DmaRequest;
import dev.hitless.iommu.hardware.FaultClass;
import dev.hitless.iommu.hardware.StructureReader;
import dev.hitless.iommu.hardware.Translation;
import dev.hitless.iommu.hardware.Walker;

/** One translation, in the order of IHI 0070 3.3 and 3.4: STE, CD, stage 1, stage 2. Immutable; usable by many threads. */
final class Smmuv3Walker implements Walker {
    /** One per thread, so that a walk allocates nothing. */
    private static final ThreadLocal<Walk> WALKS = ThreadLocal.withInitial(Walk::new);

    private static final int BREAK_BEFORE_MAKE_FREE_LEVEL = 2;
    private static final int FULL_ACCESS = Translation.READ | Translation.WRITE | Translation.EXECUTE;

    private final WalkerSettings settings;
    private final Smmuv3Features features;
    private final StreamTable streamTable;
    private final ContextTable contextTable;
    private final Stage1 stage1;
    private final Stage2 stage2;

    Smmuv3Walker(WalkerSettings settings) {
        this.settings = settings;
        this.features = settings.features();
        FetchMethod fetchMethod = new FetchMethod(features);
        this.streamTable = new StreamTable(settings, fetchMethod);
        this.stage2 = new Stage2(features, fetchMethod);
        this.contextTable = new ContextTable(settings, fetchMethod, stage2);
        this.stage1 = new Stage1(settings, fetchMethod, stage2);
    }

    @Override
    public void translate(DmaRequest request, StructureReader reader, Translation out) {
        if (!settings.enabled()) {
            translateWhileDisabled(request, out);
            return;
        }
        Walk walk = WALKS.get();
        if (walk.isUnderWay()) {
            // The reader walks on its own account in the middle of this walk.
            walk = new Walk();
        }
        walk.begin(reader, out);
        try {
            if (streamTable.readEntry(request.requesterId(), walk)) {
                translateStream(request, walk);
            }
        } finally {
            walk.end();
        }
    }

    private void translateWhileDisabled(DmaRequest request, Translation out) {
        if (request.translationRequest()) {
            out.fault(FaultClass.BLOCKED, EventCode.NONE, "ATS request while CR0.SMMUEN is 0");
        } else if (settings.globalAbort()) {
            out.fault(FaultClass.BLOCKED, EventCode.NONE, "CR0.SMMUEN is 0 and GBPA.ABORT is 1");
        } else {
            bypass(request.iova(), 0, EventCode.NONE, out);
        }
    }

    private void translateStream(DmaRequest request, Walk walk) {
        long ste0 = walk.ste0;
        boolean translating = StreamTableEntry.stage1(ste0) || StreamTableEntry.stage2(ste0);
        if (request.translationRequest() && !(translating && atsEnabled(walk.ste1))) {
            walk.fault(FaultClass.BLOCKED, EventCode.F_BAD_ATS_TREQ, "ATS request where STE.EATS allows none");
        } else if (StreamTableEntry.stage1(ste0)) {
            translateSubstream(request, walk);
        } else if (request.hasPasid()) {
            walk.fault(FaultClass.BLOCKED, EventCode.C_BAD_SUBSTREAMID, "SubstreamID where stage 1 is off");
        } else {
            skipStage1(request, walk);
        }
    }

    private boolean atsEnabled(long ste1) {
        return features.ats() && StreamTableEntry.eats(ste1) != StreamTableEntry.EATS_OFF;
    }

    private void translateSubstream(DmaRequest request, Walk walk) {
        boolean substreams = StreamTableEntry.effectiveS1CdMax(walk.ste0, features) > 0;
        int s1Dss = StreamTableEntry.s1Dss(walk.ste1);
        if (request.hasPasid() && !substreams) {
            walk.fault(FaultClass.BLOCKED, EventCode.C_BAD_SUBSTREAMID, "SubstreamID where STE.S1CDMax is 0");
        } else if (request.hasPasid() && request.pasid() == 0 && s1Dss == StreamTableEntry.S1DSS_SUBSTREAM_0) {
            disabled(request, "SubstreamID 0 where STE.S1DSS reserves it", walk);
        } else if (request.hasPasid()) {
            throughStage1(request, request.pasid(), walk);
        } else if (!substreams || s1Dss == StreamTableEntry.S1DSS_SUBSTREAM_0) {
            throughStage1(request, 0, walk);
        } else if (s1Dss == StreamTableEntry.S1DSS_BYPASS) {
            skipStage1(request, walk);
        } else {
            disabled(request, "no SubstreamID where STE.S1DSS terminates", walk);
        }
    }

    /** An ATS request is denied without an event. */
    private static void disabled(DmaRequest request, String reason, Walk walk) {
        walk.fault(
                FaultClass.BLOCKED,
                request.translationRequest() ? EventCode.NONE : EventCode.F_STREAM_DISABLED,
                reason);
    }

    private void throughStage1(DmaRequest request, int substreamId, Walk walk) {
        boolean found = contextTable.readDescriptor(request.requesterId(), substreamId, walk);
        describePolicy(walk);
        if (found) {
            stage1.translate(request.iova(), walk);
        }
    }

    private void skipStage1(DmaRequest request, Walk walk) {
        if (StreamTableEntry.stage2(walk.ste0)) {
            describePolicy(walk);
            stage2.translate(request.iova(), walk);
        } else {
            bypass(request.iova(), MemoryAttributes.incoming(walk.ste1, features), EventCode.F_ADDR_SIZE, walk.out());
        }
    }

    private static void describePolicy(Walk walk) {
        if (walk.reader() instanceof FaultWitness witness) {
            witness.policy(
                    ContextDescriptor.record(walk.cd0),
                    ContextDescriptor.stall(walk.cd0),
                    StreamTableEntry.s2Record(walk.ste2),
                    StreamTableEntry.s2Stall(walk.ste2));
        }
    }

    /** The whole output address space as one identity page. */
    private void bypass(long iova, long attributes, int codeBeyond, Translation out) {
        if (features.isOutputAddress(iova)) {
            out.translated(0, 0, 1L << features.outputBits(), FULL_ACCESS, attributes);
        } else {
            out.fault(FaultClass.NOT_MAPPED, codeBeyond, "bypassing address beyond the output address size");
        }
    }

    @Override
    public void admit(DmaRequest request, Translation out) {
        if (!out.isFault() && (out.permissions() & (request.write() ? Translation.WRITE : Translation.READ)) == 0) {
            out.fault(
                    FaultClass.PERMISSION,
                    EventCode.F_PERMISSION,
                    request.write() ? "the page is not writable" : "the page is not readable");
        }
    }

    @Override
    public CacheKind deviceCache() {
        return Smmuv3Caches.ATC;
    }

    @Override
    public long deviceTag(DmaRequest request) {
        return ConfigurationTag.deviceTranslation(request);
    }

    /**
     * Different memory attributes conflict always, different sizes unless IDR3.BBML is 2 (Arm ARM, break-before-make).
     */
    @Override
    public boolean conflict(Translation first, Translation second) {
        return first.attributes() != second.attributes()
                || (features.breakBeforeMakeLevel() < BREAK_BEFORE_MAKE_FREE_LEVEL
                        && first.pageBytes() != second.pageBytes());
    }
}
