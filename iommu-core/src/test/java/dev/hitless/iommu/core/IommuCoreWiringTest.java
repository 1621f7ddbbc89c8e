package dev.hitless.iommu.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.when;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.syntax.ArchRuleDefinition;
import dev.hitless.iommu.api.DomainType;
import dev.hitless.iommu.api.DriverOptions;
import dev.hitless.iommu.api.IommuApi;
import dev.hitless.iommu.api.IommuDriverProvider;
import dev.hitless.iommu.api.platform.Platform;
import java.util.List;
import org.junit.jupiter.api.Test;

class IommuCoreWiringTest {
    private static IommuDriverProvider provider(String id) {
        IommuDriverProvider provider = mock(IommuDriverProvider.class);
        when(provider.id()).thenReturn(id);
        when(provider.vendor()).thenReturn("Acme");
        when(provider.contractVersion()).thenReturn(IommuApi.VERSION);
        when(provider.hardware()).thenReturn("Acme IOMMU");
        when(provider.hardwareFamily()).thenReturn("acme");
        when(provider.create(any(), any())).thenAnswer(call -> new RecordingDriver());
        return provider;
    }

    @Test
    void anApplicationsCoreBringsUpDriversOfTheCatalogue() {
        IommuCore core = IommuCore.create(DriverCatalog.of(List.of(provider("acme"))));

        RecordingDriver driver = (RecordingDriver) core.bringUp("acme", mock(Platform.class), DriverOptions.DEFAULTS);
        IommuGroup group = core.createGroup("g");

        assertThat(group.driver()).isSameAs(driver);
        assertThat(core.catalog().drivers()).extracting(FoundDriver::id).containsExactly("acme");
        assertThatThrownBy(() -> core.bringUp("other", mock(Platform.class), DriverOptions.DEFAULTS))
                .hasMessageContaining("there are acme");
    }

    @Test
    void withSeveralDriversAGroupMustSayWhichOne() {
        IommuCore core = IommuCore.create(DriverCatalog.of(List.of(provider("acme"))));
        assertThatThrownBy(() -> core.createGroup("g")).hasMessageContaining("0 drivers");

        RecordingDriver first = (RecordingDriver) core.bringUp("acme", mock(Platform.class), DriverOptions.DEFAULTS);
        core.bringUp("acme", mock(Platform.class), DriverOptions.DEFAULTS);

        assertThatThrownBy(() -> core.createGroup("g")).hasMessageContaining("2 drivers");
        assertThat(core.createGroup("g", first, DomainType.IDENTITY).ridDomain())
                .isSameAs(first.identityDomain());
        assertThatThrownBy(() -> core.createGroup("g", new RecordingDriver(), DomainType.BLOCKED))
                .hasMessageContaining("not brought up by this core");
        assertThatThrownBy(() -> core.createGroup("g", first, DomainType.PAGING))
                .hasMessageContaining("EINVAL");
    }

    @Test
    void guiceGeneratesNoBytecode() {
        IommuCore.create(DriverCatalog.of(List.of()));

        assertThat(System.getProperty("guice_bytecode_gen_option")).isEqualTo("DISABLED");
    }

    @Test
    void guiceIsConfinedToTheWiring() {
        JavaClasses classes = new ClassFileImporter()
                .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                .importPackages(IommuCore.class.getPackageName());

        ArchRuleDefinition.noClasses()
                .that()
                .doNotHaveSimpleName("CoreModule")
                .and()
                .doNotHaveSimpleName("CoreInjector")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("com.google..", "jakarta..")
                .check(classes);
    }
}
