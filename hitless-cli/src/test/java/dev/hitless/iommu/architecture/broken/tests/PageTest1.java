package dev.hitless.iommu.architecture.broken.tests;

class PageTest1 extends PageContract {}
