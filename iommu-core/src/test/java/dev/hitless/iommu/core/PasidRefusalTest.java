package dev.hitless.iommu.core;

import dev.hitless.iommu.core.PasidCall.Fault;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The checks of attach and replace, one at a time and in pairs, where the earlier one decides (rules CORE-02, CORE-08). */
class PasidRefusalTest {
    private static final Set<Fault> OF_ATTACH = EnumSet.complementOf(EnumSet.of(Fault.UNATTACHED, Fault.NO_HANDLE));
    private static final Set<Fault> OF_REPLACE =
            EnumSet.complementOf(EnumSet.of(Fault.NO_BLOCKED, Fault.NO_PASIDS, Fault.RANGE, Fault.OCCUPIED));

    /** Faults of one set cannot be had together: they say different things about the same argument. */
    private static final List<Set<Fault>> EXCLUSIVE = List.of(
            EnumSet.of(Fault.PASID_NONE, Fault.RANGE, Fault.UNATTACHED),
            EnumSet.of(Fault.RANGE, Fault.OCCUPIED),
            EnumSet.of(Fault.NO_HANDLE, Fault.USED_HANDLE),
            EnumSet.of(Fault.NO_GROUP, Fault.NO_PASIDS),
            EnumSet.of(Fault.NO_PASIDS, Fault.RANGE),
            EnumSet.of(Fault.KIND, Fault.NO_BLOCKED));

    static Stream<Fault> faultsOfAttach() {
        return OF_ATTACH.stream();
    }

    static Stream<Fault> faultsOfReplace() {
        return OF_REPLACE.stream();
    }

    static Stream<Arguments> pairsOfAttach() {
        return pairs(OF_ATTACH);
    }

    static Stream<Arguments> pairsOfReplace() {
        return pairs(OF_REPLACE);
    }

    private static Stream<Arguments> pairs(Set<Fault> faults) {
        List<Arguments> pairs = new ArrayList<>();
        for (Fault earlier : faults) {
            for (Fault later : faults) {
                boolean possible = EXCLUSIVE.stream().noneMatch(set -> set.contains(earlier) && set.contains(later));
                if (earlier.check < later.check && possible) {
                    pairs.add(Arguments.of(earlier, later));
                }
            }
        }
        return pairs.stream();
    }

    @ParameterizedTest
    @MethodSource("faultsOfAttach")
    void anAttachIsRefusedForEachFault(Fault fault) {
        PasidCall.attach().with(List.of(fault)).isRefusedFor(fault);
    }

    @ParameterizedTest
    @MethodSource("pairsOfAttach")
    void ofTwoFaultsOfAnAttachTheEarlierCheckDecides(Fault earlier, Fault later) {
        PasidCall.attach().with(List.of(earlier, later)).isRefusedFor(earlier);
    }

    @ParameterizedTest
    @MethodSource("faultsOfReplace")
    void aReplaceIsRefusedForEachFault(Fault fault) {
        PasidCall.replace().with(List.of(fault)).isRefusedFor(fault);
    }

    @ParameterizedTest
    @MethodSource("pairsOfReplace")
    void ofTwoFaultsOfAReplaceTheEarlierCheckDecides(Fault earlier, Fault later) {
        PasidCall.replace().with(List.of(earlier, later)).isRefusedFor(earlier);
    }

    @Test
    void withoutFaultBothSucceed() {
        Assertions.assertThatCode(PasidCall.attach().call()).doesNotThrowAnyException();
        Assertions.assertThatCode(PasidCall.replace().call()).doesNotThrowAnyException();
    }

    @Test
    void anAttachNeedsNoHandle() {
        Assertions.assertThatCode(
                        PasidCall.attach().with(List.of(Fault.NO_HANDLE)).call())
                .doesNotThrowAnyException();
    }

    @Test
    void aReplaceOutOfRangeFindsNothingAttached() {
        PasidCall.replace().with(List.of(Fault.RANGE)).isRefusedFor(Fault.UNATTACHED);
    }
}
