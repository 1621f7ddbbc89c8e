package dev.hitless.iommu.architecture.broken.tests;

import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class PageCheck {
    @Test
    void page() {}

    @Nested
    class Inside {
        @Test
        void page() {}
    }
}
