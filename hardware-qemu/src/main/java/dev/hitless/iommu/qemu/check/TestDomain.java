package dev.hitless.iommu.qemu.check;

import dev.hitless.iommu.api.DomainType;
import dev.hitless.iommu.api.IommuDomain;
import dev.hitless.iommu.api.PagingDomain;
import dev.hitless.iommu.api.Protection;
import dev.hitless.iommu.conformance.machine.DomainKind;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/** A driver's domain together with what it is meant to translate. */
final class TestDomain {
    private final DomainKind kind;
    private final int colour;
    private final IommuDomain domain;
    private final List<TestPages.Page> pages = new ArrayList<>();

    private TestDomain(DomainKind kind, int colour, IommuDomain domain) {
        this.kind = kind;
        this.colour = colour;
        this.domain = domain;
    }

    /** The identity or the blocked domain. */
    static TestDomain fixed(DomainKind kind, IommuDomain domain) {
        return new TestDomain(kind, 0, domain);
    }

    /** A paging domain, filled. */
    static TestDomain paging(DomainKind kind, int colour, int freshPages, PagingDomain domain) {
        TestDomain made = new TestDomain(kind, colour, domain);
        TestPages.of(colour, domain.format().pageSizes(), freshPages).forEach(made::map);
        return made;
    }

    IommuDomain domain() {
        return domain;
    }

    DomainKind kind() {
        return kind;
    }

    boolean isBlocked() {
        return kind.type() == DomainType.BLOCKED;
    }

    /** Where a request is meant to get to; empty: nowhere. */
    OptionalLong reached(long iova, boolean write) {
        return kind.type() == DomainType.IDENTITY ? OptionalLong.of(iova) : TestPages.reached(pages, iova, write);
    }

    TestPages.Page scratch() {
        return TestPages.scratch(colour);
    }

    void map(TestPages.Page page) {
        Protection protection = page.write() ? Protection.READ_WRITE : Protection.READ_ONLY;
        paging().map(page.iova(), page.output(), page.lengthBytes(), protection);
        pages.add(page);
    }

    void unmap(TestPages.Page page) {
        paging().unmap(page.iova(), page.lengthBytes());
        pages.remove(page);
    }

    void free() {
        if (kind.hasInstances()) {
            domain.free();
        }
    }

    private PagingDomain paging() {
        return (PagingDomain) domain;
    }

    @Override
    public String toString() {
        return domain.name();
    }
}
