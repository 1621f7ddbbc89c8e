package dev.hitless.iommu.architecture.broken.core.right;

import dev.hitless.iommu.architecture.broken.core.left.Left;

public class Right {
    Left left;
}
