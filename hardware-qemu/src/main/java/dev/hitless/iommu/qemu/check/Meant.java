package dev.hitless.iommu.qemu.check;

import java.util.OptionalLong;

/** What a domain is meant to do with requests, at one moment. */
@FunctionalInterface
interface Meant {
    /** Where a request gets to; empty: nowhere. */
    OptionalLong reached(long iova, boolean write);
}
