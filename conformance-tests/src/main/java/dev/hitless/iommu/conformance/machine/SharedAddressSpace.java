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
    private final int colour;
    private final List<Mapping> mappings;
    private final List<AddressSpaceListener> listeners = new ArrayList<>();

    SharedAddressSpace(int colour, CpuPageTable table, List<Mapping> mappings) {
        this.name = "address-space-" + colour;
        this.colour = colour;
        this.table = table;
        this.mappings = List.copyOf(mappings);
    }

    /** Decides output addresses and what is mapped. */
    int colour() {
        return colour;
    }

    /** What was mapped at first. */
    List<Mapping> mappings() {
        return mappings;
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
