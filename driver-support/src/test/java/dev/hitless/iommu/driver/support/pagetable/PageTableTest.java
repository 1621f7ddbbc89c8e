package dev.hitless.iommu.driver.support.pagetable;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hitless.iommu.api.Errno;
import dev.hitless.iommu.api.IommuException;
import dev.hitless.iommu.api.Protection;
import dev.hitless.iommu.driver.support.FakeLock;
import dev.hitless.iommu.driver.support.FakeMemory;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.LongUnaryOperator;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class PageTableTest {
    private static final PageTableFormat X86 = X86PageTableFormat.of("x86", 4, 46, X86PageTableFormat.ALL_PAGE_SIZES);
    private static final long MIB_2 = 1L << 21;

    private final FakeMemory memory = new FakeMemory(false, true);
    private final RecordingInvalidator invalidator = new RecordingInvalidator();

    private PageTable create(PageTableFormat format) {
        return PageTable.create(format, memory, false, new FakeLock(), invalidator);
    }

    static java.util.stream.Stream<PageTableFormat> formats() {
        return TestFormats.all();
    }

    @ParameterizedTest
    @MethodSource("formats")
    void everyPageSizeIsMappedAsOnePageAtTheEdgesOfBothAddressSpaces(PageTableFormat format) {
        PageTable table = create(format);
        long outputEnd = 1L << format.outputAddressBits();
        for (int bit = 12; bit < 63; bit++) {
            long bytes = 1L << bit;
            if ((format.pageSizes() & bytes) == 0) {
                continue;
            }
            long inputEnd = format.inputAddressBits() == 64 ? 0 : 1L << format.inputAddressBits();
            for (long iova : new long[] {0, bytes, inputEnd - bytes}) {
                for (long physical : new long[] {0, 0x5_5555_5555_5000L & -bytes & outputEnd - 1, outputEnd - bytes}) {
                    invalidator.gathers.clear();
                    table.map(iova, physical, bytes, Protection.READ_WRITE);

                    assertThat(table.iovaToPhysical(iova)).isEqualTo(OptionalLong.of(physical));
                    assertThat(table.iovaToPhysical(iova + bytes - 1)).isEqualTo(OptionalLong.of(physical + bytes - 1));
                    assertThat(table.iovaToPhysical(iova + bytes)).isEmpty();
                    assertThat(table.iovaToPhysical(iova - 1)).isEmpty();
                    assertThat(table.unmap(iova, bytes)).isEqualTo(bytes);
                    assertThat(invalidator.gathers).hasSize(1);
                    assertThat(invalidator.gathers.get(0).ranges())
                            .containsExactly(new UnmappedRange(iova, bytes, bytes));
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("formats")
    void memoryThatRunsOutChangesNothing(PageTableFormat format) {
        PageTable table = create(format);
        table.map(0x1000, 0x8000, 0x3000, Protection.READ_ONLY);
        int live = memory.live();
        int failures = 0;
        while (true) {
            memory.failAllocation(failures);
            memory.clearLog();
            try {
                table.map(MIB_2 - 0x1000, 0x7000, 3 * MIB_2, Protection.READ_WRITE);
                break;
            } catch (IommuException e) {
                assertThat(e.errno()).isEqualTo(Errno.ENOMEM);
            }
            failures++;
            assertThat(memory.live()).isEqualTo(live);
            assertThat(memory.log()).noneMatch(line -> line.startsWith("store"));
            assertThat(table.iovaToPhysical(MIB_2)).isEmpty();
            assertThat(table.iovaToPhysical(0x3FFF)).isEqualTo(OptionalLong.of(0xAFFF));
        }
        assertThat(failures).isGreaterThanOrEqualTo(3);
        assertThat(table.iovaToPhysical(MIB_2)).isEqualTo(OptionalLong.of(0x8000));
        assertThat(invalidator.gathers).isEmpty();
    }

    @Test
    void creationThatFailsLeavesNothing() {
        memory.failAllocation(0);

        assertErrno(Errno.ENOMEM, () -> create(X86));
        assertThat(memory.live()).isZero();
    }

    /** Hardware may see the newest pointer and, of everything else, only what is certainly visible. */
    @ParameterizedTest
    @MethodSource("formats")
    void hardwareNeverFollowsAPointerIntoATableThatIsNotFilled(PageTableFormat format) {
        PageTable table = create(format);
        table.map(0, 0x10_0000, 0x1000, Protection.READ_WRITE);
        long iova = 3 * MIB_2 + 0x5000;
        int[] looked = {0};
        memory.afterStore(() -> {
            looked[0]++;
            assertThat(walk(table, iova, memory::load64, memory::visible)).isSubsetOf(0x30_0000L);
        });

        table.map(iova, 0x30_0000, 0x2000, Protection.READ_WRITE);

        memory.afterStore(() -> {});
        assertThat(looked[0]).isGreaterThan(2);
        assertThat(walk(table, iova, memory::visible, memory::visible)).containsExactly(0x30_0000L);
    }

    /** What is found with the newest value at one level, any one, and the visible ones elsewhere. */
    private static Set<Long> walk(PageTable table, long iova, LongUnaryOperator newest, LongUnaryOperator visible) {
        PageTableFormat format = table.format();
        Set<Long> found = new TreeSet<>();
        for (int newestLevel = format.levels() - 1; newestLevel >= 0; newestLevel--) {
            long address = table.root();
            for (int level = format.levels() - 1; level >= 0; level--) {
                long slot = iova >>> format.indexShift(level) & (1L << format.indexBits(level)) - 1;
                long entry = (level == newestLevel ? newest : visible).applyAsLong(address + 8 * slot);
                if (!format.isPresent(level, entry)) {
                    break;
                }
                if (format.isLeaf(level, entry)) {
                    long offset = format.leafPageBytes(level, entry) - 1;
                    found.add(format.leafAddress(level, entry) & ~offset | iova & offset);
                    break;
                }
                address = format.tableAddress(level, entry);
            }
        }
        return found;
    }

    @Test
    void tablesAreFreedOnlyAfterTheHardwareHasForgotten() {
        PageTable table = create(X86);
        table.map(0, 0, 0x2000, Protection.READ_WRITE);
        int live = memory.live();
        int[] liveWhileInvalidating = {0};
        invalidator.onUnmapped = () -> liveWhileInvalidating[0] = memory.live();

        table.unmap(0, 0x2000);

        assertThat(liveWhileInvalidating[0]).isEqualTo(live);
        assertThat(memory.live()).isEqualTo(1);
        assertThat(invalidator.gathers.get(0).tablesRemoved()).isTrue();
    }

    @Test
    void unmapOfSomePagesKeepsTheTablesAndSaysSo() {
        PageTable table = create(X86);
        table.map(0, 0, 0x3000, Protection.READ_WRITE);

        assertThat(table.unmap(0x1000, 0x1000)).isEqualTo(0x1000);

        assertThat(invalidator.gathers.get(0).tablesRemoved()).isFalse();
        assertThat(table.iovaToPhysical(0x2000)).isEqualTo(OptionalLong.of(0x2000));
    }

    @Test
    void invalidationThatFailsKeepsTheTablesAndIsOwedToTheNextCall() {
        PageTable table = create(X86);
        table.map(0, 0, 0x1000, Protection.READ_WRITE);
        int live = memory.live();
        invalidator.failUnmapped = true;

        assertErrno(Errno.ETIMEDOUT, () -> table.unmap(0, 0x1000));
        assertErrno(Errno.ETIMEDOUT, () -> table.map(0, 0x5000, 0x1000, Protection.READ_WRITE));
        assertThat(memory.live()).isEqualTo(live);
        assertThat(table.iovaToPhysical(0)).isEmpty();

        invalidator.failUnmapped = false;
        table.map(0, 0x5000, 0x1000, Protection.READ_WRITE);
        assertThat(invalidator.gathers).hasSize(3).containsOnly(invalidator.gathers.get(0));
        assertThat(table.iovaToPhysical(0)).isEqualTo(OptionalLong.of(0x5000));
        assertThat(memory.live()).isEqualTo(live);
    }

    @Test
    void mapThatTheHardwareCannotBeToldAboutIsTakenBack() {
        PageTable table = create(X86);
        table.map(0, 0, 0x1000, Protection.READ_WRITE);
        int live = memory.live();
        invalidator.failMapped = true;

        assertErrno(Errno.ETIMEDOUT, () -> table.map(MIB_2, 0, 0x1000, Protection.READ_WRITE));

        assertThat(table.iovaToPhysical(MIB_2)).isEmpty();
        assertThat(table.iovaToPhysical(0)).isEqualTo(OptionalLong.of(0));
        assertThat(memory.live()).isEqualTo(live);
        assertThat(invalidator.gathers.get(0).firstIova()).isEqualTo(MIB_2);
    }

    @Test
    void argumentsThatCannotWorkAreRefusedWithTheValueAndTheReason() {
        PageTable table = create(X86);
        long top = 1L << 47;
        assertRefused("length 0", () -> table.map(0x1000, 0, 0, Protection.READ_WRITE));
        assertRefused("I/O address 0x1001", () -> table.map(0x1001, 0, 0x1000, Protection.READ_WRITE));
        assertRefused("physical address 0x800", () -> table.map(0, 0x800, 0x1000, Protection.READ_WRITE));
        assertRefused("length 0x1800", () -> table.unmap(0, 0x1800));
        assertRefused("1 << 47", () -> table.map(top - 0x1000, 0, 0x2000, Protection.READ_WRITE));
        assertRefused("1 << 47", () -> table.unmap(-0x1000L, 0x1000));
        assertRefused("1 << 47", () -> table.unmap(0x1000, -0x1000L));
        assertRefused("1 << 46", () -> table.map(0, (1L << 46) - 0x1000, 0x2000, Protection.READ_WRITE));
        assertRefused("can be read too", () -> table.map(0, 0, 0x1000, Protection.WRITE_ONLY));
        assertThat(table.tableCount()).isEqualTo(1);
        assertThat(table.iovaToPhysical(top)).isEmpty();
    }

    @Test
    void unmapOfPartOfALargePageIsRefusedAndChangesNothing() {
        PageTable table = create(X86);
        table.map(0, 0, MIB_2, Protection.READ_WRITE);
        table.map(MIB_2, 0x1000, 0x1000, Protection.READ_WRITE);

        assertRefused("only part of the page of 0x200000 bytes at 0x0", () -> table.unmap(0x1000, MIB_2));
        assertRefused("only part", () -> table.unmap(0, 0x1000));

        assertThat(table.iovaToPhysical(0x1000)).isEqualTo(OptionalLong.of(0x1000));
        assertThat(table.iovaToPhysical(MIB_2)).isEqualTo(OptionalLong.of(0x1000));
        assertThat(invalidator.gathers).isEmpty();
    }

    @Test
    void mapOverAnythingMappedIsRefusedAndChangesNothing() {
        PageTable table = create(X86);
        table.map(0x5000, 0, 0x1000, Protection.READ_WRITE);
        int live = memory.live();

        assertErrno(Errno.EEXIST, () -> table.map(0, 0, MIB_2, Protection.READ_WRITE));
        assertErrno(Errno.EEXIST, () -> table.map(0x4000, 0x4000, 0x3000, Protection.READ_WRITE));

        assertThat(memory.live()).isEqualTo(live);
        assertThat(table.iovaToPhysical(0x4000)).isEmpty();
    }

    @Test
    void freeGivesEverythingBack() {
        PageTable table = create(X86);
        table.map(0, 0, MIB_2 + 0x1000, Protection.READ_WRITE);

        table.free();

        assertThat(memory.live()).isZero();
    }

    private static void assertRefused(String reason, ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        IommuException.class, e -> assertThat(e.errno()).isEqualTo(Errno.EINVAL))
                .hasMessageContaining(reason);
    }

    private static void assertErrno(Errno errno, ThrowingCallable call) {
        assertThatThrownBy(call).isInstanceOfSatisfying(IommuException.class, e -> assertThat(e.errno())
                .isEqualTo(errno));
    }
}
