package dev.hitless.iommu.conformance.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hitless.iommu.hardware.HardwareOption;
import dev.hitless.iommu.hardware.HardwareOption.Use;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class VariantsTest {
    private static final HardwareOption COHERENT = HardwareOption.flag("coherent", true, Use.VARIANT, "snoops");
    private static final HardwareOption CACHING = HardwareOption.flag("caching", false, Use.VARIANT, "caches absence");
    private static final HardwareOption LEVELS =
            new HardwareOption("levels", List.of("5", "4", "3"), Use.VARIANT, "levels");
    private static final HardwareOption NESTED = HardwareOption.flag("nested", true, Use.CAPABILITY, "nesting");
    private static final HardwareOption ORDER =
            new HardwareOption("fetch-order", List.of("default", "any"), Use.FETCH_ORDER, "order");
    private static final List<HardwareOption> OPTIONS = List.of(COHERENT, CACHING, LEVELS, NESTED, ORDER);
    private static final List<HardwareOption> VARIED = List.of(COHERENT, CACHING, LEVELS);

    @Test
    void theUsualHardwareComesFirstAndHasEveryDefault() {
        Variants variants = new Variants(OPTIONS, false, variant -> true);

        assertThat(variants.covering().get(0)).isEqualTo(variants.usual());
        assertThat(variants.usual().label()).isEqualTo("default");
        assertThat(variants.usual().store128()).isTrue();
    }

    @Test
    void everyPairOfValuesOccursTogether() {
        List<Variant> covering = new Variants(OPTIONS, false, variant -> true).covering();

        for (HardwareOption first : VARIED) {
            for (HardwareOption second : VARIED) {
                for (String one : first.values()) {
                    for (String other : second.values()) {
                        if (first != second || one.equals(other)) {
                            assertThat(covering)
                                    .as("%s=%s with %s=%s", first.name(), one, second.name(), other)
                                    .anyMatch(variant -> variant.configuration()
                                                    .value(first.name())
                                                    .equals(one)
                                            && variant.configuration()
                                                    .value(second.name())
                                                    .equals(other));
                        }
                    }
                }
            }
        }
        assertThat(covering).as("no variant twice").doesNotHaveDuplicates();
    }

    @Test
    void hardwareThatContradictsItselfIsLeftOut() {
        Variants variants = new Variants(
                OPTIONS,
                false,
                variant -> !variant.configuration().value("levels").equals("3")
                        || variant.configuration().flag("coherent"));

        assertThat(variants.covering())
                .noneMatch(variant -> variant.configuration().value("levels").equals("3")
                        && !variant.configuration().flag("coherent"))
                .anyMatch(variant -> variant.configuration().value("levels").equals("3"));
    }

    @Test
    void whatHardwareCanLackIsTakenAwayOneByOne() {
        assertThat(new Variants(OPTIONS, false, variant -> true).lacking())
                .extracting(Variant::label)
                .containsExactly("nested=no");
    }

    @Test
    void whatHardwareDoesNotTellIsAskedForOneByOneAndNowhereElse() {
        List<HardwareOption> options = new ArrayList<>(OPTIONS);
        options.add(new HardwareOption("fetch-bits", List.of("256", "128", "64"), Use.TOLD, "bits read at once"));
        Variants variants = new Variants(options, false, variant -> true);

        assertThat(variants.told()).extracting(Variant::label).containsExactly("fetch-bits=128", "fetch-bits=64");
        assertThat(variants.covering())
                .allMatch(variant -> variant.configuration().value("fetch-bits").equals("256"));
    }

    @Test
    void theStricterFetchOrderHoldsEverywhereWhenAskedFor() {
        assertThat(new Variants(OPTIONS, true, variant -> true).covering())
                .allMatch(
                        variant -> variant.configuration().value("fetch-order").equals("any"));
    }
}
