package dev.hitless.iommu.architecture;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.assignableTo;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaModifier.ABSTRACT;
import static com.tngtech.archunit.core.domain.JavaModifier.FINAL;
import static com.tngtech.archunit.core.domain.JavaModifier.PUBLIC;
import static com.tngtech.archunit.lang.SimpleConditionEvent.violated;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static dev.hitless.iommu.architecture.DependencyCondition.dependOnlyOn;
import static dev.hitless.iommu.architecture.DependencyCondition.dependOnlyOnTheirOwn;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import com.tngtech.archunit.lang.syntax.elements.GivenClassesConjunction;
import com.tngtech.archunit.library.dependencies.SliceAssignment;
import com.tngtech.archunit.library.dependencies.SliceIdentifier;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestTemplate;

/**
 * Who may know whom, as rules about the packages below one root. The root is a parameter so that the same rules can be
 * held against a small tree of deliberate violations.
 */
final class Architecture {
    private static final Pattern EMPTY_NAME = Pattern.compile(".*(Util|Utils|Impl|Manager|Helper)");

    private final String api;
    private final String platform;
    private final String core;
    private final String support;
    private final String drivers;
    private final String hardware;
    private final String conformance;
    private final String qemu;
    private final String cli;
    private final String root;

    Architecture(String root) {
        this.root = root;
        api = root + ".api";
        platform = root + ".api.platform";
        core = root + ".core";
        support = root + ".driver.support";
        drivers = root + ".driver";
        hardware = root + ".hardware";
        conformance = root + ".conformance";
        qemu = root + ".qemu";
        cli = root + ".cli";
    }

    ArchRule contractDependsOnNothing() {
        return allOf(api + "..").should(dependOnlyOn(api + ".."));
    }

    ArchRule supportDependsOnTheContract() {
        return allOf(support + "..").should(dependOnlyOn(support + "..", api + ".."));
    }

    ArchRule coreDependsOnTheContract() {
        return allOf(core + "..")
                .should(dependOnlyOn(
                        core + "..", api + "..", "com.google.inject..", "com.google.common..", "jakarta.inject.."));
    }

    ArchRule driverDependsOnSupportAndTheContract() {
        return classes().that(areDrivers()).should(dependOnlyOnTheirOwn(drivers, support + "..", api + ".."));
    }

    ArchRule hardwareSpiDependsOnThePlatformPort() {
        return allOf(hardware).should(dependOnlyOn(hardware, platform));
    }

    ArchRule modelDependsOnTheSpiAndThePlatformPort() {
        return classes().that(areModels()).should(dependOnlyOnTheirOwn(hardware, hardware, platform));
    }

    ArchRule conformanceKnowsNoVendor() {
        return allOf(conformance + "..")
                .should(dependOnlyOn(
                        conformance + "..",
                        api + "..",
                        core + "..",
                        hardware,
                        "org.junit.jupiter.api..",
                        "org.opentest4j..",
                        "com.google.gson.."));
    }

    ArchRule qemuKnowsNoDriverAndNoModel() {
        return allOf(qemu + "..").should(dependOnlyOn(qemu + "..", conformance + "..", api + "..", hardware));
    }

    ArchRule commandLineKnowsNoVendor() {
        return noClasses()
                .that(resideInAPackage(cli + ".."))
                .should()
                .dependOnClassesThat(areDrivers().or(areModels()))
                .as("the command line finds drivers and models at run time and names none");
    }

    ArchRule onlyCoreUsesGuice() {
        return noClasses()
                .that(describe(
                        "are outside core and the command line",
                        c -> !resideInAnyPackage(core + "..", cli + "..").test(c)))
                .should()
                .dependOnClassesThat(resideInAnyPackage("com.google.inject..", "jakarta.inject.."));
    }

    ArchRule driversAndModelsReachTheWorldThroughTheirPort() {
        return classes().that(areDrivers().or(areModels())).should(new PortCondition());
    }

    ArchRule packagesHaveNoCycles() {
        return slices().assignedFrom(packagesAndTheContract()).should().beFreeOfCycles();
    }

    ArchRule namesSayWhatAClassIsFor() {
        return noClasses()
                .that(resideInAPackage(root + ".."))
                .should(haveAnEmptyName())
                .as("no class is called *Util, *Utils, *Impl, *Manager or *Helper");
    }

    ArchRule providersCanBeLoaded() {
        return classes().that(areProviders()).should(bePublicFinalWithAPublicConstructorWithoutParameters());
    }

    /** For test classes: surefire picks classes by name, so another name is a test that never runs. */
    ArchRule testsAreFound() {
        return classes()
                .that(describe("have tests", Architecture::hasTests))
                .should(new ArchCondition<>("be called *Test") {
                    @Override
                    public void check(JavaClass testClass, ConditionEvents events) {
                        if (!outermost(testClass).getSimpleName().endsWith("Test")) {
                            events.add(
                                    violated(testClass, "Class <" + testClass.getName() + "> is not run by the build"));
                        }
                    }
                });
    }

    /** Every package by itself, except that the contract and its platform port are two halves of one thing. */
    private SliceAssignment packagesAndTheContract() {
        return new SliceAssignment() {
            @Override
            public SliceIdentifier getIdentifierOf(JavaClass member) {
                String name = member.getPackageName();
                if (!name.startsWith(root + ".")) {
                    return SliceIdentifier.ignore();
                }
                return SliceIdentifier.of(name.equals(platform) ? api : name);
            }

            @Override
            public String getDescription() {
                return "packages";
            }
        };
    }

    /** The suite's are made of others, which were loaded. */
    private DescribedPredicate<JavaClass> areProviders() {
        return assignableTo(api + ".IommuDriverProvider")
                .or(assignableTo(hardware + ".HardwareModelProvider"))
                .and(describe(
                        "can be made",
                        c -> !c.isInterface() && !c.getModifiers().contains(ABSTRACT)))
                .and(not(resideInAPackage(conformance + "..")))
                .as("are providers");
    }

    private DescribedPredicate<JavaClass> areDrivers() {
        return resideInAPackage(drivers + "..")
                .and(DescribedPredicate.not(resideInAPackage(support + "..")))
                .as("are drivers");
    }

    private DescribedPredicate<JavaClass> areModels() {
        return resideInAPackage(hardware + ".*..").as("are hardware models");
    }

    private static GivenClassesConjunction allOf(String packageIdentifier) {
        return classes().that(resideInAPackage(packageIdentifier));
    }

    private static ArchCondition<JavaClass> haveAnEmptyName() {
        return new ArchCondition<>("have a name that says nothing") {
            @Override
            public void check(JavaClass named, ConditionEvents events) {
                boolean empty = EMPTY_NAME.matcher(named.getSimpleName()).matches();
                events.add(new SimpleConditionEvent(named, empty, named.getDescription()));
            }
        };
    }

    private static ArchCondition<JavaClass> bePublicFinalWithAPublicConstructorWithoutParameters() {
        return new ArchCondition<>("be public final with a public constructor without parameters") {
            @Override
            public void check(JavaClass provider, ConditionEvents events) {
                boolean loadable = provider.getModifiers().containsAll(List.of(PUBLIC, FINAL))
                        && provider.getConstructors().stream()
                                .anyMatch(constructor ->
                                        constructor.getParameters().isEmpty()
                                                && constructor.getModifiers().contains(PUBLIC));
                if (!loadable) {
                    events.add(violated(provider, provider.getDescription() + " cannot be loaded"));
                }
            }
        };
    }

    private static boolean hasTests(JavaClass candidate) {
        return !candidate.isInterface()
                && !candidate.getModifiers().contains(ABSTRACT)
                && candidate.getAllMethods().stream()
                        .anyMatch(method -> Stream.of(Test.class, TestFactory.class, TestTemplate.class)
                                .anyMatch(kind -> method.isAnnotatedWith(kind) || method.isMetaAnnotatedWith(kind)));
    }

    private static JavaClass outermost(JavaClass nested) {
        return nested.getEnclosingClass().map(Architecture::outermost).orElse(nested);
    }
}
