package dev.hitless.iommu.driver.support.pagetable;

/** One table: where it is and how many of its slots are in use. Its content is in physical memory only. */
final class Table {
    final int level;
    final long address;
    private int present;

    Table(int level, long address) {
        this.level = level;
        this.address = address;
    }

    boolean isEmpty() {
        return present == 0;
    }

    void occupied(int slots) {
        present += slots;
    }

    void vacated(int slots) {
        present -= slots;
    }
}
