package dev.hitless.iommu.hardware.smmuv3;

import dev.hitless.iommu.hardware.CacheKind;
import dev.hitless.iommu.hardware.DmaRequest;
import dev.hitless.iommu.hardware.HardwarePort;
import dev.hitless.iommu.hardware.PlainReader;
import dev.hitless.iommu.hardware.StructureKind;
import dev.hitless.iommu.hardware.StructureReader;
import dev.hitless.iommu.hardware.Translation;

/** Reads memory as it is now, and remembers what an event record wants to know. */
final class EventReader implements StructureReader, FaultWitness {
    private final PlainReader memory;
    private long structure;
    private boolean stage1Records;
    private boolean stage1Stalls;
    private boolean stage2Records;
    private boolean stage2Stalls;
    private boolean stage2Faulted;
    private Purpose purpose = Purpose.INPUT;
    private long intermediateAddress;
    private boolean stage2Translated;
    private int stage1Permissions = Translation.READ | Translation.WRITE;

    EventReader(HardwarePort port) {
        this.memory = new PlainReader(port);
    }

    @Override
    public boolean fetch(StructureKind kind, long address) {
        structure = address;
        return memory.fetch(kind, address);
    }

    @Override
    public long word(int index) {
        return memory.word(index);
    }

    @Override
    public void retain(CacheKind cache, long tag, long firstAddress, long lengthBytes) {
        memory.retain(cache, tag, firstAddress, lengthBytes);
    }

    @Override
    public boolean hit(CacheKind cache, long tag, long iova, Translation out) {
        return memory.hit(cache, tag, iova, out);
    }

    @Override
    public void policy(boolean records1, boolean stalls1, boolean records2, boolean stalls2) {
        stage1Records = records1;
        stage1Stalls = stalls1;
        stage2Records = records2;
        stage2Stalls = stalls2;
    }

    @Override
    public void stage2Fault(long address, Purpose why) {
        stage2Faulted = true;
        intermediateAddress = address;
        purpose = why;
    }

    @Override
    public void stage2Leaf(long address, int permissions) {
        stage2Translated = true;
        intermediateAddress = address;
        stage1Permissions = permissions;
    }

    /** The event for {@code fault}, which {@code request} met, as far as the entries want one recorded. */
    EventRecord eventFor(DmaRequest request, Translation fault) {
        boolean stage2 = stage2Faulted || (stage2Translated && allows(stage1Permissions, request.write()));
        boolean recorded = !EventCode.isTranslationFault(fault.faultCode())
                || (!request.translationRequest() && (stage2 ? stage2Records : stage1Records));
        return new EventRecord(
                request,
                fault.faultCode(),
                recorded && fault.faultCode() != EventCode.NONE,
                stage2 ? stage2Stalls : stage1Stalls,
                stage2,
                purpose,
                intermediateAddress,
                structure);
    }

    private static boolean allows(int permissions, boolean write) {
        return (permissions & (write ? Translation.WRITE : Translation.READ)) != 0;
    }
}
