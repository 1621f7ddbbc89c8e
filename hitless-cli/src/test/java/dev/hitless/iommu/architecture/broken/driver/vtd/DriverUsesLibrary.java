package dev.hitless.iommu.architecture.broken.driver.vtd;

import com.google.gson.Gson;

class DriverUsesLibrary {
    Gson gson;
}
