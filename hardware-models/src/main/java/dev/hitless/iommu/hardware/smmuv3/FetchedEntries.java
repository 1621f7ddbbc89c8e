package dev.hitless.iommu.hardware.smmuv3;

/** Words of the STE and the CD that one translation goes by. Reused, so that walking allocates nothing. */
final class FetchedEntries {
    long ste0;
    long ste1;
    long ste2;
    long ste3;
    long cd0;
    long cd1;
    long cd2;
    long cd3;
    boolean inUse;

    /** Forgets everything. */
    void clear() {
        ste0 = 0;
        ste1 = 0;
        ste2 = 0;
        ste3 = 0;
        cd0 = 0;
        cd1 = 0;
        cd2 = 0;
        cd3 = 0;
    }
}
