package dev.hitless.iommu.driver.support.update;

/** Which caches a plan has invalidated. Hardware knows no order among them but by waiting. */
public enum CacheScope {
    /** Copies of the entry itself. */
    CONFIGURATION("configuration"),
    /** Copies of the pointer above the leaf, and of every entry of the leaf. */
    LEAF_POINTER("leaf pointer"),
    /** Translations and paging structures under the tag of the content. */
    TRANSLATION("translations"),
    /** Translations in devices. Only after TRANSLATION, from which devices refill. */
    DEVICE("device translations");

    private final String label;

    CacheScope(String label) {
        this.label = label;
    }

    /** For people. */
    public String label() {
        return label;
    }
}
