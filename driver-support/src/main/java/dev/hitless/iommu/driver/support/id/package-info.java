/** Small numbers that hardware knows things by: domain ids, ASIDs, VMIDs. */
@NullMarked
package dev.hitless.iommu.driver.support.id;

import org.jspecify.annotations.NullMarked;
