package dev.hitless.iommu.architecture.broken.core.left;

import dev.hitless.iommu.architecture.broken.core.right.Right;

public class Left {
    Right right;
}
