package dev.hitless.iommu.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hitless.iommu.api.Errno;
import dev.hitless.iommu.api.IommuApi;
import dev.hitless.iommu.api.IommuException;
import dev.hitless.iommu.core.DriverLoadFailure.Stage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class DriverCatalogTest {
    /** How to spoil a plugin by a provider called Broken, how far that one comes, and what the reason says. */
    enum Spoil {
        MISSING_CLASS(Stage.LOAD, "not found") {
            @Override
            void add(PluginFolder plugin) {
                plugin.list("Broken");
            }
        },
        NOT_A_PROVIDER(Stage.LOAD, "not a subtype") {
            @Override
            void add(PluginFolder plugin) throws IOException {
                plugin.compile("Broken", "public class Broken {}").list("Broken");
            }
        },
        NO_PUBLIC_CONSTRUCTOR(Stage.LOAD, "constructor") {
            @Override
            void add(PluginFolder plugin) throws IOException {
                plugin.broken("Broken", "broken", "private Broken() {}");
            }
        },
        CONSTRUCTOR_WITH_PARAMETER(Stage.LOAD, "constructor") {
            @Override
            void add(PluginFolder plugin) throws IOException {
                plugin.broken("Broken", "broken", "public Broken(int size) {}");
            }
        },
        MISSING_SUPERCLASS(Stage.LOAD, "Gone") {
            @Override
            void add(PluginFolder plugin) throws IOException {
                plugin.compile("Gone", PluginFolder.provider("Gone", "gone", IommuApi.VERSION, ""))
                        .compile("Broken", "public class Broken extends Gone {}")
                        .delete("Gone")
                        .list("Broken");
            }
        },
        NEWER_CLASS_FILE(Stage.LOAD, "class file version") {
            @Override
            void add(PluginFolder plugin) throws IOException {
                plugin.broken("Broken", "broken", "").fromTheFuture("Broken");
            }
        },
        ABSTRACT(Stage.CREATE, "abstract") {
            @Override
            void add(PluginFolder plugin) throws IOException {
                plugin.broken("Broken", "broken", "abstract");
            }
        },
        CONSTRUCTOR_THROWS(Stage.CREATE, "no hardware today") {
            @Override
            void add(PluginFolder plugin) throws IOException {
                plugin.broken(
                        "Broken", "broken", "public Broken() { throw new RuntimeException(\"no hardware today\"); }");
            }
        },
        STATIC_INITIALISER_FAILS(Stage.CREATE, "ExceptionInInitializerError") {
            @Override
            void add(PluginFolder plugin) throws IOException {
                plugin.broken("Broken", "broken", "static final int SIZE = Integer.parseInt(\"many\");");
            }
        },
        ID_THROWS(Stage.DESCRIBE, "who am I") {
            @Override
            void add(PluginFolder plugin) throws IOException {
                plugin.broken("Broken", "throw new RuntimeException(\"who am I\");", "");
            }
        },
        METHOD_MISSING(Stage.DESCRIBE, "AbstractMethodError") {
            @Override
            void add(PluginFolder plugin) throws IOException {
                plugin.broken("Broken", "throw new AbstractMethodError(\"id\");", "");
            }
        },
        ID_IS_NULL(Stage.DESCRIBE, "id") {
            @Override
            void add(PluginFolder plugin) throws IOException {
                plugin.broken("Broken", "null", "");
            }
        },
        ID_IS_NONE(Stage.DESCRIBE, "\"Broken Driver\" is no id") {
            @Override
            void add(PluginFolder plugin) throws IOException {
                plugin.broken("Broken", "Broken Driver", "");
            }
        },
        OTHER_MAJOR_VERSION(Stage.VERSION, "contract 2.0, and this core has " + IommuApi.VERSION) {
            @Override
            void add(PluginFolder plugin) throws IOException {
                plugin.ofVersion("Broken", "broken", "2.0");
            }
        },
        LATER_MINOR_VERSION(Stage.VERSION, "contract 1.999, and this core has " + IommuApi.VERSION) {
            @Override
            void add(PluginFolder plugin) throws IOException {
                plugin.ofVersion("Broken", "broken", "1.999");
            }
        },
        NO_VERSION(Stage.VERSION, "contract latest") {
            @Override
            void add(PluginFolder plugin) throws IOException {
                plugin.ofVersion("Broken", "broken", "latest");
            }
        };

        final Stage stage;
        final String reason;

        Spoil(Stage stage, String reason) {
            this.stage = stage;
            this.reason = reason;
        }

        abstract void add(PluginFolder plugin) throws IOException;
    }

    @TempDir
    private Path folder = Path.of("");

    private static DriverCatalog discover(Path... plugins) {
        return DriverCatalog.discover(DriverCatalogTest.class.getClassLoader(), List.of(plugins));
    }

    private static List<String> ids(DriverCatalog catalog) {
        return catalog.drivers().stream().map(FoundDriver::id).toList();
    }

    private PluginFolder plugin(String name) throws IOException {
        return new PluginFolder(folder.resolve(name));
    }

    @ParameterizedTest
    @EnumSource
    void aBrokenProviderHidesNoneBeforeOrAfterIt(Spoil spoil) throws IOException {
        PluginFolder plugin = plugin("plugin").good("Before", "before");
        spoil.add(plugin);
        Path directory = plugin.good("After", "after").build();
        Path jar = plugin("next").good("Next", "next").buildJar();

        DriverCatalog catalog = discover(directory, jar);

        assertThat(ids(catalog)).containsExactly("after", "before", "next");
        assertThat(catalog.failures()).singleElement().satisfies(failure -> {
            assertThat(failure.providerClass()).isEqualTo("Broken");
            assertThat(failure.location()).startsWith(directory.toString());
            assertThat(failure.stage()).isEqualTo(spoil.stage);
            assertThat(failure.reason()).contains(spoil.reason);
            assertThat(failure.hint()).isNotBlank();
        });
    }

    @Test
    void severalBrokenProvidersAreToldApart() throws IOException {
        PluginFolder first = plugin("first");
        Spoil.NEWER_CLASS_FILE.add(first);
        PluginFolder second = plugin("second")
                .compile("Other", "public class Other {}")
                .list("Other")
                .list("Absent");

        DriverCatalog catalog = discover(first.build(), second.buildJar());

        assertThat(catalog.failures())
                .extracting(DriverLoadFailure::providerClass)
                .containsExactly("Broken", "Other", "Absent");
        assertThat(catalog.failures().get(1).location())
                .isEqualTo(folder.resolve("second.jar").toString());
    }

    @Test
    void aMalformedLineLosesItsFileOnlyAndSaysWhere() throws IOException {
        Path malformed = plugin("malformed")
                .good("Lost", "lost")
                .list("not a class name")
                .build();
        Path good = plugin("good").good("Good", "good").build();

        DriverCatalog catalog = discover(malformed, good);

        assertThat(ids(catalog)).containsExactly("good");
        assertThat(catalog.failures()).singleElement().satisfies(failure -> {
            assertThat(failure.location()).isEqualTo(malformed.resolve(ServicesFiles.PATH) + ":2");
            assertThat(failure.reason()).contains("Illegal configuration-file syntax");
            assertThat(failure.hint()).contains("correct the services file");
        });
    }

    @Test
    void driversComeByIdAndCommentsAndRepetitionsDoNotMatter() throws IOException {
        Path plugin = plugin("plugin")
                .list("# all our drivers")
                .good("Zulu", "zulu")
                .list("Zulu # again")
                .good("Alpha", "alpha")
                .list("")
                .build();

        DriverCatalog catalog = discover(plugin);

        assertThat(ids(catalog)).containsExactly("alpha", "zulu");
        assertThat(catalog.failures()).isEmpty();
        FoundDriver alpha = catalog.require("alpha");
        assertThat(alpha.vendor()).isEqualTo("Acme");
        assertThat(alpha.hardware()).isEqualTo("Acme IOMMU");
        assertThat(alpha.hardwareFamily()).isEqualTo("acme");
        assertThat(alpha.contractVersion()).isEqualTo(IommuApi.VERSION);
        assertThat(alpha.providerClass()).isEqualTo("Alpha");
        assertThat(alpha.location()).startsWith(plugin.toString());
    }

    @Test
    void ofDriversWithOneIdNoneIsTakenAndBothJarsAreNamed() throws IOException {
        Path first = plugin("first").good("First", "twin").buildJar();
        Path second =
                plugin("second").good("Second", "twin").good("Third", "third").buildJar();

        DriverCatalog catalog = discover(first, second);

        assertThat(ids(catalog)).containsExactly("third");
        assertThat(catalog.failures()).hasSize(2).allSatisfy(failure -> {
            assertThat(failure.stage()).isEqualTo(Stage.IDENTITY);
            assertThat(failure.reason()).contains("First in " + first, "Second in " + second);
        });
        assertThatThrownBy(() -> catalog.require("twin"))
                .hasMessageContaining(first.toString())
                .hasMessageContaining(second.toString());
    }

    @Test
    void anUnknownIdIsAnsweredWithAllThereAre() throws IOException {
        PluginFolder plugin = plugin("plugin").good("Beta", "beta").good("Alpha", "alpha");
        Spoil.CONSTRUCTOR_THROWS.add(plugin);
        DriverCatalog catalog = discover(plugin.build());

        assertThatThrownBy(() -> catalog.require("gamma"))
                .isInstanceOfSatisfying(IommuException.class, missing -> assertThat(missing.errno())
                        .isEqualTo(Errno.ENOENT))
                .hasMessageStartingWith(
                        "ENOENT: no driver is called gamma. there are alpha, beta. could not be loaded: Broken (")
                .hasRootCauseMessage("no hardware today");
    }

    @Test
    void aBrokenDriverAskedForByNameSaysWhatIsWrongWithIt() throws IOException {
        DriverCatalog catalog =
                discover(plugin("plugin").ofVersion("Old", "old", "0.9").build());

        assertThatThrownBy(() -> catalog.require("old"))
                .isInstanceOfSatisfying(IommuException.class, broken -> assertThat(broken.errno())
                        .isEqualTo(Errno.ENODEV))
                .hasMessageContaining("built against contract 0.9, and this core has " + IommuApi.VERSION);
    }

    @Test
    void zeroDriversSuggestThatServicesFilesWereNotMerged() {
        assertThatThrownBy(() -> DriverCatalog.of(List.of()).require("vtd"))
                .hasMessageContaining("found 0 drivers")
                .hasMessageContaining("META-INF/services files were merged");
    }

    @Test
    void aPluginThatCannotBeOpenedIsAFailureAndNoSilence() throws IOException {
        Path absent = folder.resolve("absent.jar");
        Path text = Files.writeString(folder.resolve("text.jar"), "no zip file");
        Path empty = Files.createDirectories(folder.resolve("empty"));
        Path good = plugin("good").good("Good", "good").buildJar();

        DriverCatalog catalog = discover(absent, text, empty, good);

        assertThat(ids(catalog)).containsExactly("good");
        assertThat(catalog.failures())
                .extracting(DriverLoadFailure::location)
                .containsExactly(absent.toString(), text.toString(), empty.toString());
        assertThat(catalog.failures()).allMatch(failure -> failure.stage() == Stage.OPEN);
        assertThat(catalog.failures().get(2).reason()).contains("names no driver");
    }

    @Test
    void theThreadsContextLoaderIsNotAsked() throws IOException {
        Path plugin = plugin("plugin").good("Good", "good").build();
        ClassLoader withDriver = discover(plugin).classLoader();
        ClassLoader before = Thread.currentThread().getContextClassLoader();
        Thread.currentThread().setContextClassLoader(withDriver);
        try {
            assertThat(ids(DriverCatalog.discover())).doesNotContain("good");
            assertThat(ids(DriverCatalog.discover(withDriver, List.of()))).contains("good");
        } finally {
            Thread.currentThread().setContextClassLoader(before);
        }
    }
}
