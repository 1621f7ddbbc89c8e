package dev.hitless.iommu.driver.support.unit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hitless.iommu.api.Errno;
import dev.hitless.iommu.api.IommuException;
import dev.hitless.iommu.api.PagingFormat;
import dev.hitless.iommu.api.Stage;
import dev.hitless.iommu.driver.support.FakeLock;
import dev.hitless.iommu.driver.support.pagetable.X86PageTableFormat;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class UnitTest {
    private final List<String> log = new ArrayList<>();

    @Test
    void aBringUpThatFailsIsTakenBackLastFirstAndMemoryAfterAll() {
        UndoStack undo = new UndoStack();
        IommuException failure = new IommuException(Errno.EIO, "hardware does not answer");
        assertThatThrownBy(() -> undo.undoingOnFailure(() -> {
                    undo.push(() -> log.add("queue off"));
                    undo.addLast(() -> log.add("memory freed"));
                    undo.push(() -> {
                        throw new IommuException(Errno.ETIMEDOUT, "cannot be switched off");
                    });
                    undo.push(() -> log.add("log off"));
                    throw failure;
                }))
                .isSameAs(failure)
                .satisfies(e -> assertThat(e.getSuppressed()).hasSize(1));
        assertThat(log).containsExactly("log off", "queue off", "memory freed");
    }

    @Test
    void aBringUpThatSucceedsStays() {
        UndoStack undo = new UndoStack();
        assertThat(undo.<String>undoingOnFailure(() -> {
                    undo.push(() -> log.add("off"));
                    return "on";
                }))
                .isEqualTo("on");
        assertThat(log).isEmpty();
    }

    @Test
    void locksAreNamedAfterTheirDriver() {
        new DriverLocks(
                        (lockClass, name) -> {
                            log.add(lockClass + " " + name);
                            return new FakeLock();
                        },
                        "fourth")
                .create("devices", "all");
        assertThat(log).containsExactly("fourth.devices all");
    }

    @Test
    void aFormatThatIsNotOfferedIsRefusedNamingThoseThatAre() {
        PagingFormats formats = new PagingFormats();
        PagingFormat four = format(4);
        formats.add(four, X86PageTableFormat.of("4-level", 4, 48, X86PageTableFormat.ALL_PAGE_SIZES));

        assertThat(formats.offered()).containsExactly(four);
        assertThat(formats.tables(four).levels()).isEqualTo(4);
        assertThatThrownBy(() -> formats.tables(format(5)))
                .isInstanceOfSatisfying(
                        IommuException.class, e -> assertThat(e.errno()).isEqualTo(Errno.EOPNOTSUPP))
                .hasMessageContainingAll("5-level", "4-level");
    }

    private static PagingFormat format(int levels) {
        return new PagingFormat(
                levels + "-level", "first-stage", Stage.FIRST, levels, 47, 48, 1L << 12, true, true, false, false);
    }
}
