package dev.hitless.iommu.conformance.machine;

import dev.hitless.iommu.api.AddressSpace;
import dev.hitless.iommu.api.AddressSpaceListener;
import dev.hitless.iommu.hardware.CpuPageTable;
import java.util.ArrayList;
import java.util.List;

/** A CPU address space whose page table the scenario wrote. */
public final class SharedAddressSpace implements AddressSpace {
    private final String name;
    private final CpuPageTable table;
    private final List<AddressSpaceListener> listeners = new ArrayList<>();

    SharedAddressSpace(String name, CpuPageTable table) {
        this.name = name;
        this.table = table;
    }

    /** The page table. */
    public CpuPageTable table() {
        return table;
    }

    /** Tells everybody who shares it that pages were removed. */
    void invalidate(long address, long lengthBytes) {
        for (AddressSpaceListener listener : List.copyOf(listeners)) {
            listener.invalidate(address, lengthBytes);
        }
    }

    /** The address space dies. */
    public void release() {
        for (AddressSpaceListener listener : List.copyOf(listeners)) {
            listener.released();
        }
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public long rootAddress() {
        return table.rootAddress();
    }

    @Override
    public int levels() {
        return table.levels();
    }

    @Override
    public int addressBits() {
        return table.addressBits();
    }

    @Override
    public void addListener(AddressSpaceListener listener) {
        listeners.add(listener);
    }

    @Override
    public void removeListener(AddressSpaceListener listener) {
        listeners.remove(listener);
    }
}
