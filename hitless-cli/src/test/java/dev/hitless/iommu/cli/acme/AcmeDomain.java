package dev.hitless.iommu.cli.acme;

import dev.hitless.iommu.api.DomainType;
import dev.hitless.iommu.api.IommuDevice;
import dev.hitless.iommu.api.IommuDriver;
import dev.hitless.iommu.api.PagingDomain;
import dev.hitless.iommu.api.PagingFormat;
import dev.hitless.iommu.api.Pasid;
import dev.hitless.iommu.api.Protection;
import dev.hitless.iommu.api.platform.PhysicalMemory;
import java.util.OptionalLong;

/** A list of pages; or, without list, the blocked domain. */
final class AcmeDomain implements PagingDomain {
    private static final long PAGE = 0x1000;
    private static final int PRESENT = 2;

    private final AcmeDriver driver;
    private final String name;
    private final long list;
    private final long base;
    private int pages;

    AcmeDomain(AcmeDriver driver, String name, long list, long base) {
        this.driver = driver;
        this.name = name;
        this.list = list;
        this.base = base;
    }

    long list() {
        return list;
    }

    long base() {
        return base;
    }

    @Override
    public DomainType type() {
        return list == 0 ? DomainType.BLOCKED : DomainType.PAGING;
    }

    @Override
    public IommuDriver driver() {
        return driver;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public String matrixName() {
        return list == 0 ? "blocked" : "flat";
    }

    @Override
    public void setDevPasid(IommuDevice device, Pasid pasid, dev.hitless.iommu.api.IommuDomain old) {
        driver.set(device, pasid, this);
    }

    @Override
    public void free() {
        driver.memory().free(list, PAGE);
    }

    @Override
    public PagingFormat format() {
        return AcmeDriver.FORMAT;
    }

    @Override
    public void map(long iova, long physical, long lengthBytes, Protection protection) {
        PhysicalMemory memory = driver.memory();
        for (long offset = 0; offset < lengthBytes; offset += PAGE) {
            long entry = list + 16L * pages++;
            memory.store64(entry + 8, physical + offset - base);
            memory.writeBarrier();
            memory.store64(entry, iova + offset | PRESENT | (protection.write() ? 1 : 0));
            memory.writeBarrier();
        }
    }

    @Override
    public long unmap(long iova, long lengthBytes) {
        throw new UnsupportedOperationException("not needed here");
    }

    @Override
    public OptionalLong iovaToPhysical(long iova) {
        return OptionalLong.empty();
    }
}
