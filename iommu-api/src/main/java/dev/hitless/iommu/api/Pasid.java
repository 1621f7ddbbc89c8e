package dev.hitless.iommu.api;

/**
 * A process address space id, 20 bits (PCI Express), or {@link #NONE}: requests without PASID, which the kernel calls
 * the RID path.
 *
 * @param value 0 for {@link #NONE}, else 1..0xFFFFF
 */
public record Pasid(int value) implements Comparable<Pasid> {
    /** The largest PASID that PCI Express can carry. */
    public static final int MAX_VALUE = 0xF_FFFF;

    /** Requests without PASID. The kernel's {@code IOMMU_NO_PASID}. */
    public static final Pasid NONE = new Pasid(0);

    public Pasid {
        if (value < 0 || value > MAX_VALUE) {
            throw new IommuException(
                    Errno.EINVAL,
                    "PASID 0x" + Integer.toHexString(value) + " does not fit 20 bits; use 1..0xfffff, or Pasid.NONE");
        }
    }

    /** PASID {@code value}; 0 is {@link #NONE}. */
    public static Pasid of(int value) {
        return value == 0 ? NONE : new Pasid(value);
    }

    /** Whether this stands for requests without PASID. */
    public boolean isNone() {
        return value == 0;
    }

    @Override
    public int compareTo(Pasid other) {
        return Integer.compare(value, other.value);
    }

    @Override
    public String toString() {
        return value == 0 ? "no PASID" : "PASID 0x" + Integer.toHexString(value);
    }
}
