package dev.hitless.iommu.core;

import com.google.inject.Guice;
import com.google.inject.Stage;

/**
 * Wires the core with Guice. Here and in {@link CoreModule} only; drivers never see it, and nothing that a driver brings
 * is ever installed as a module.
 */
final class CoreInjector {
    /** Read once by Guice, when it loads. Generated classes would need {@code sun.misc.Unsafe}, which newer JDKs warn of. */
    private static final String BYTECODE_GENERATION = "guice_bytecode_gen_option";

    private CoreInjector() {}

    static IommuCore create(DriverCatalog catalog) {
        if (System.getProperty(BYTECODE_GENERATION) == null) {
            System.setProperty(BYTECODE_GENERATION, "DISABLED");
        }
        return Guice.createInjector(Stage.PRODUCTION, new CoreModule(catalog)).getInstance(IommuCore.class);
    }
}
