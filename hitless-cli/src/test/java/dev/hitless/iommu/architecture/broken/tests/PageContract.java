package dev.hitless.iommu.architecture.broken.tests;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

abstract class PageContract {
    @ParameterizedTest
    @ValueSource(ints = 1)
    void page(int size) {}
}
