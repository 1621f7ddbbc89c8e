package dev.hitless.iommu.conformance.machine;

import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * PASIDs that a guest serves with tables of its own, while its nested domain is behind the requests without PASID of a
 * device. The host attaches nothing to them, and does not know which of them the guest uses.
 *
 * @param tables by PASID what the guest maps there, each with the mapping for requests without PASID that leads to the
 *     same page of the guest: without that page there is neither
 */
public record GuestPasids(Map<Integer, Map<Mapping, Mapping>> tables) {
    /** No such PASIDs. */
    public static final GuestPasids NONE = new GuestPasids(Map.of());

    public GuestPasids {
        tables = Map.copyOf(tables);
    }

    /**
     * What is meant for a request with {@code pasid}. PASIDs that the guest does not serve are blocked; but whether PASID
     * 0, carried explicitly, is another name for requests without PASID is the vendor's affair.
     *
     * @param there mappings for requests without PASID that are there
     */
    public Expected expected(int pasid, List<Mapping> there, long iova, boolean write) {
        Map<Mapping, Mapping> table = tables.get(pasid);
        if (table == null) {
            return pasid == 0 ? Expected.UNSPECIFIED : Expected.BLOCKED;
        }
        return Expected.of(
                table.keySet().stream()
                        .filter(own -> there.contains(table.get(own)))
                        .toList(),
                iova,
                write);
    }

    /** Which PASIDs these are. */
    Set<Integer> pasids() {
        return tables.keySet();
    }
}
