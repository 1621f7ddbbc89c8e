package dev.hitless.iommu.driver.support.update;

/**
 * Where one entry of a table lies, and the pointer that leads to its part of the table. Addresses are as of the call: a
 * leaf that is replaced moves all its entries.
 */
public interface EntryPlace {
    /** Whether one 64-bit store can switch to a copy of the leaf. */
    boolean isSwappable();

    /** Physical address of the leaf that holds the entry. */
    long leaf();

    /** Length of the leaf. */
    long leafBytes();

    /** Bytes from the beginning of the leaf to the entry. */
    long offset();

    /** Physical address of the word that leads to the leaf. */
    long pointerAddress();

    /** That word, leading to {@code leaf}. */
    long pointerTo(long leaf);

    /** The pointer leads to {@code leaf} now; the one before is freed. */
    void replacedBy(long leaf);

    /** The pointer leads to {@code leaf} now, but hardware may still use the one before, which is kept. */
    void movedTo(long leaf);
}
