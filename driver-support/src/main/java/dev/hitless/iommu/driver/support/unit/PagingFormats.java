package dev.hitless.iommu.driver.support.unit;

import dev.hitless.iommu.api.Errno;
import dev.hitless.iommu.api.IommuException;
import dev.hitless.iommu.api.PagingFormat;
import dev.hitless.iommu.driver.support.pagetable.PageTableFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The formats of page tables that one IOMMU offers, the preferred ones first, and how tables of each are written. */
public final class PagingFormats {
    private final Map<PagingFormat, PageTableFormat> formats = new LinkedHashMap<>();

    /** Offers {@code format}, after all that were offered until now. */
    public void add(PagingFormat format, PageTableFormat tables) {
        formats.put(format, tables);
    }

    /** All of them, in order. A copy. */
    public List<PagingFormat> offered() {
        return List.copyOf(formats.keySet());
    }

    /**
     * How tables of {@code format} are written.
     *
     * @throws IommuException EOPNOTSUPP, naming what is offered, if it is not
     */
    public PageTableFormat tables(PagingFormat format) {
        PageTableFormat tables = formats.get(format);
        if (tables == null) {
            throw new IommuException(
                    Errno.EOPNOTSUPP,
                    "format " + format.label() + " is not offered on this IOMMU; there are "
                            + formats.keySet().stream().map(PagingFormat::label).toList());
        }
        return tables;
    }
}
