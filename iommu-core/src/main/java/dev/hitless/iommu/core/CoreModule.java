package dev.hitless.iommu.core;

import com.google.inject.AbstractModule;
import com.google.inject.Provides;
import com.google.inject.Singleton;
import dev.hitless.iommu.api.platform.Locks;

/** What an application's core is made of. */
final class CoreModule extends AbstractModule {
    private final DriverCatalog catalog;

    CoreModule(DriverCatalog catalog) {
        this.catalog = catalog;
    }

    @Override
    protected void configure() {
        binder().requireExplicitBindings();
        bind(DriverCatalog.class).toInstance(catalog);
        bind(Locks.class).to(JvmLocks.class).in(Singleton.class);
        bind(JvmLocks.class);
        bind(WarningSink.class).toInstance(WarningSink.toSystemLogger());
    }

    @Provides
    @Singleton
    static IommuCore core(DriverCatalog catalog, Locks locks, WarningSink warnings) {
        return new IommuCore(catalog, locks, warnings);
    }
}
