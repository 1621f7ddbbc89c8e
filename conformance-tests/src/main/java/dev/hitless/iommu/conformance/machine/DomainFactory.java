package dev.hitless.iommu.conformance.machine;

import dev.hitless.iommu.api.DomainType;
import dev.hitless.iommu.api.Errno;
import dev.hitless.iommu.api.IommuDomain;
import dev.hitless.iommu.api.IommuDriver;
import dev.hitless.iommu.api.IommuException;
import dev.hitless.iommu.api.NestedConfig;
import dev.hitless.iommu.api.PagingDomain;
import dev.hitless.iommu.api.PagingFormat;
import dev.hitless.iommu.api.Protection;
import dev.hitless.iommu.conformance.platform.ModelledPlatform;
import dev.hitless.iommu.conformance.trace.MemoryImage;
import dev.hitless.iommu.hardware.CpuPageTable;
import dev.hitless.iommu.hardware.GuestContext;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Makes domains of every kind and fills them with known content. */
final class DomainFactory {
    private static final long PAGE = 0x1000;
    private static final long KIB_4_AND_MIB_2 = 0x20_1000;

    /** Where a guest sees its physical memory. */
    private static final long GUEST_MEMORY = 0x2_0000_0000L;

    /** Where a guest sees the pages that its devices work on. */
    private static final long GUEST_DATA = 0x10_0000_0000L;

    private final ModelledPlatform platform;
    private final IommuDriver driver;

    DomainFactory(ModelledPlatform platform, IommuDriver driver) {
        this.platform = platform;
        this.driver = driver;
    }

    ModelledDomain make(DomainKind kind, int colour) {
        switch (kind.type()) {
            case PAGING:
                return paging(kind, kind.format().orElseThrow(), colour);
            case SVA:
                return sva(kind, colour);
            case NESTED:
                return nested(kind, colour);
            case IDENTITY:
                return new ModelledDomain(kind, colour, driver.identityDomain(), List.of(), Optional.empty(), () -> {});
            case BLOCKED:
                return new ModelledDomain(kind, colour, driver.blockedDomain(), List.of(), Optional.empty(), () -> {});
        }
        throw new IllegalArgumentException("domain kind " + kind);
    }

    private ModelledDomain paging(DomainKind kind, PagingFormat format, int colour) {
        PagingDomain domain = driver.allocatePaging(format);
        List<Mapping> mappings = Content.of(colour, format.inputAddressBits(), format.pageSizes());
        for (Mapping mapping : mappings) {
            domain.map(
                    mapping.iova(),
                    mapping.output(),
                    mapping.lengthBytes(),
                    mapping.write() ? Protection.READ_WRITE : Protection.READ_ONLY);
        }
        return new ModelledDomain(
                kind, colour, domain, mappings, Optional.of(new PagingPages(domain, colour)), domain::free);
    }

    private ModelledDomain sva(DomainKind kind, int colour) {
        SharedAddressSpace space = addressSpace(colour);
        IommuDomain domain;
        try {
            domain = driver.allocateSva(space);
        } catch (IommuException refused) {
            space.table().free();
            throw refused;
        }
        return sharing(space, kind, domain, () -> {
            domain.free();
            space.table().free();
        });
    }

    /** What {@code domain} of the driver's is meant to translate, being made for {@code space}. */
    ModelledDomain sharing(SharedAddressSpace space, DomainKind kind, IommuDomain domain, Runnable freeing) {
        Optional<PageChanger> pages = Optional.of(new SharedPages(space, platform.memory()));
        return new ModelledDomain(kind, space.colour(), domain, space.mappings(), pages, freeing);
    }

    /** An address space with known content, which nobody shares yet. */
    SharedAddressSpace addressSpace(int colour) {
        CpuPageTable table = platform.model().newCpuPageTable(platform.memory(), 0, physical -> physical);
        List<Mapping> mappings = Content.of(colour, userBits(table), KIB_4_AND_MIB_2);
        for (Mapping mapping : mappings) {
            table.map(mapping.iova(), mapping.output(), mapping.lengthBytes(), mapping.write());
        }
        return new SharedAddressSpace(colour, table, mappings);
    }

    /** Half of a sign-extended space is the kernel's. */
    private static int userBits(CpuPageTable table) {
        return table.addressBits() - 1;
    }

    private ModelledDomain nested(DomainKind kind, int colour) {
        PagingDomain parent = driver.allocatePaging(parentFormat());
        GuestContext guest = platform.model()
                .newGuestContext(platform.memory(), 0, physical -> physical - MemoryImage.BASE + GUEST_MEMORY);
        ParentPages pages = new ParentPages(parent);
        List<Mapping> mappings = Content.of(colour, userBits(guest.pageTable()), KIB_4_AND_MIB_2);
        for (int page = 0; page < mappings.size(); page++) {
            Mapping mapping = mappings.get(page);
            // The guest's address is aligned as the host's, so that a large page of the guest can be one of the host
            // too.
            long guestAddress = GUEST_DATA + ((long) page << 30);
            guest.pageTable().map(mapping.iova(), guestAddress, mapping.lengthBytes(), mapping.write());
            parent.map(guestAddress, mapping.output(), mapping.lengthBytes(), Protection.READ_WRITE);
            pages.note(mapping, guestAddress);
        }
        GuestPasids guestPasids = mapBehindPasids(guest, mappings, pages);
        for (long page : guest.structurePages()) {
            parent.map(page - MemoryImage.BASE + GUEST_MEMORY, page, PAGE, Protection.READ_WRITE);
        }
        NestedConfig config =
                new NestedConfig(guest.guestRoot(), guest.pageTable().levels(), guest.fields());
        IommuDomain domain = driver.allocateNested(parent, config);
        return new ModelledDomain(kind, colour, domain, mappings, guestPasids, Optional.of(pages), () -> {
            domain.free();
            parent.free();
            guest.free();
        });
    }

    /** Behind a PASID of its own the guest maps the same pages, each where requests without PASID find the one before. */
    private static GuestPasids mapBehindPasids(GuestContext guest, List<Mapping> mappings, ParentPages pages) {
        Map<Integer, Map<Mapping, Mapping>> tables = new HashMap<>();
        guest.pasidTables().forEach((pasid, table) -> {
            Map<Mapping, Mapping> backing = new LinkedHashMap<>();
            for (int page = 0; page < mappings.size(); page++) {
                Mapping mapping = mappings.get(page);
                if (table == guest.pageTable()) {
                    backing.put(mapping, mapping);
                } else {
                    Mapping next = mappings.get((page + 1) % mappings.size());
                    table.map(mapping.iova(), pages.guestAddress(next), PAGE, mapping.write());
                    backing.put(new Mapping(mapping.iova(), next.output(), PAGE, mapping.write()), next);
                }
            }
            tables.put(pasid, backing);
        });
        return new GuestPasids(tables);
    }

    private PagingFormat parentFormat() {
        @Nullable PagingFormat found = null;
        for (PagingFormat format : driver.capabilities().formats()) {
            if (format.nestingParent() && (found == null || format.inputAddressBits() > found.inputAddressBits())) {
                found = format;
            }
        }
        if (found == null) {
            throw new IommuException(
                    Errno.EOPNOTSUPP, "the driver claims " + DomainType.NESTED + " but no format that can be a parent");
        }
        return found;
    }
}
