package dev.hitless.iommu.conformance.machine;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;

/**
 * What domains map, chosen so that every field of every level matters: domains of different colours differ in output
 * address, permission and page size, and each maps what others leave unmapped.
 */
public final class Content {
    private static final long KIB_4 = 0x1000;
    private static final long MIB_2 = 0x20_0000;
    private static final long GIB_1 = 0x4000_0000;

    private static final long SMALL = 0x1000_0000;
    private static final long RIGHTS = SMALL + KIB_4;
    private static final long EVEN_ONLY = SMALL + 2 * KIB_4;
    private static final long ODD_ONLY = SMALL + 3 * KIB_4;
    private static final long NOWHERE = 0x2000_0000;
    private static final long MEDIUM = 0x3000_0000;
    private static final long LARGE = 0x4000_0000;

    /** A page that scenarios map and unmap while they run. */
    public static final long SCRATCH = 0x5000_0000L + 0x4000_0000L;

    private Content() {}

    /**
     * The mappings of a domain.
     *
     * @param colour which domain; 0..15
     * @param addressBits addresses are below {@code 1 << addressBits}
     * @param pageSizes bit n: pages of 2^n bytes exist
     */
    static List<Mapping> of(int colour, int addressBits, long pageSizes) {
        boolean odd = (colour & 1) != 0;
        List<Mapping> mappings = new ArrayList<>();
        mappings.add(new Mapping(SMALL, output(colour, 0), KIB_4, true));
        mappings.add(new Mapping(RIGHTS, output(colour, 1), KIB_4, !odd));
        mappings.add(new Mapping(odd ? ODD_ONLY : EVEN_ONLY, output(colour, 2), KIB_4, true));
        boolean medium = (pageSizes & MIB_2) != 0 && !odd;
        mappings.add(new Mapping(MEDIUM, output(colour, 3), medium ? MIB_2 : KIB_4, true));
        boolean large = (pageSizes & GIB_1) != 0 && odd;
        mappings.add(new Mapping(LARGE, output(colour, 4), large ? GIB_1 : KIB_4, true));
        mappings.add(new Mapping(top(addressBits), output(colour, 5), KIB_4, true));
        return mappings;
    }

    /** Addresses worth asking for, given the widths of the domains involved. */
    public static long[] probes(List<ModelledDomain> domains, long... further) {
        List<Long> probes =
                new ArrayList<>(List.of(SMALL + 0x10, RIGHTS, EVEN_ONLY, ODD_ONLY, NOWHERE, MEDIUM + 0x8, LARGE));
        for (long address : further) {
            if (!probes.contains(address)) {
                probes.add(address);
            }
        }
        for (ModelledDomain domain : domains) {
            for (Mapping mapping : domain.mappings()) {
                if (Long.compareUnsigned(mapping.iova(), LARGE) > 0 && !probes.contains(mapping.iova())) {
                    probes.add(mapping.iova());
                }
            }
        }
        return probes.stream().mapToLong(Long::longValue).toArray();
    }

    /**
     * Addresses that tell one domain from another, where what matters is whose translation is met and not every field of it.
     */
    public static long[] fewProbes(long... further) {
        return LongStream.concat(LongStream.of(SMALL, EVEN_ONLY, ODD_ONLY), LongStream.of(further))
                .distinct()
                .toArray();
    }

    /** A physical address for the scratch page of a domain. */
    public static long scratchOutput(int colour) {
        return output(colour, 6);
    }

    /** The last page of an address space; the whole 64 bits are never offered. */
    private static long top(int addressBits) {
        return (1L << addressBits) - KIB_4;
    }

    /** Aligned to 1 GiB, so that any page size can lead there; below 2^38. */
    private static long output(int colour, int page) {
        return (colour + 1L) << 34 | (long) page << 30;
    }
}
