package dev.hitless.iommu.conformance.scenario;

/** Who else is there while the subject's domain changes, and could notice. */
public enum Company {
    /** Nobody. */
    ALONE("alone"),
    /** The subject's PASID is the first in its leaf of the table; another leaf is in use. */
    FRESH_LEAF("fresh-leaf"),
    /** A neighbour PASID in the same leaf, on a domain of its own. */
    SAME_LEAF("same-leaf"),
    /** A PASID of the same device in another leaf. */
    OTHER_LEAF("other-leaf"),
    /** Another PASID of the device on the old domain. */
    SAME_DEVICE_OLD("same-device-old"),
    /** Another PASID of the device on the new domain. */
    SAME_DEVICE_NEW("same-device-new"),
    /** A second device on the old domain, with another PASID. */
    SECOND_DEVICE_OLD("second-device-old"),
    /** A second device on the new domain, with another PASID. */
    SECOND_DEVICE_NEW("second-device-new"),
    /** A second device on the old domain, with the same PASID. */
    SAME_PASID_OLD("same-pasid-old"),
    /** A second device on the new domain, with the same PASID. */
    SAME_PASID_NEW("same-pasid-new"),
    /** A second device with the same PASID on a domain of its own. */
    SAME_PASID_OTHER("same-pasid-other"),
    /** A second device with the same PASID on a shared address space of its own. */
    SAME_PASID_SVA("same-pasid-sva"),
    /** Requests without PASID of the same device on a paging domain (for a PASID), or PASIDs (for requests without). */
    OTHER_PATH_PAGING("other-path-paging"),
    /** Requests without PASID of the same device on the identity domain. */
    OTHER_PATH_IDENTITY("other-path-identity"),
    /** The device sends its requests under two requester ids, its own and an alias (bridges, phantom functions). */
    ALIASES("aliases"),
    /** All of it at once. */
    CROWD("crowd");

    private final String label;

    Company(String label) {
        this.label = label;
    }

    @Override
    public String toString() {
        return label;
    }
}
