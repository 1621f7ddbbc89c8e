package dev.hitless.iommu.driver.support.pagetable;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hitless.iommu.api.Errno;
import dev.hitless.iommu.api.IommuException;
import dev.hitless.iommu.api.Protection;
import dev.hitless.iommu.driver.support.FakeLock;
import dev.hitless.iommu.driver.support.FakeMemory;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** A thousand random maps and unmaps against a plain list of pages. */
class RandomMapsTest {
    private record Page(long physical, long bytes) {}

    static Stream<Arguments> runs() {
        return TestFormats.all().flatMap(format -> Stream.of(1L, 2L).map(seed -> Arguments.of(format, seed)));
    }

    private PageTableFormat format = TestFormats.all().findFirst().orElseThrow();
    private Random random = new Random();
    private PageTable table;
    private final TreeMap<Long, Page> pages = new TreeMap<>(Long::compareUnsigned);
    private final RecordingInvalidator invalidator = new RecordingInvalidator();
    private int mapped;
    private int refused;
    private int unmapped;
    private int cut;

    @ParameterizedTest(name = "{0}, seed {1}")
    @MethodSource("runs")
    void agreesWithAListOfPages(PageTableFormat testedFormat, long seed) {
        format = testedFormat;
        random = new Random(seed);
        FakeMemory memory = new FakeMemory();
        table = PageTable.create(format, memory, true, new FakeLock(), invalidator);
        for (int i = 0; i < 1000; i++) {
            long granules = 1L << random.nextInt(12);
            long length = (granules + (random.nextBoolean() ? 0 : random.nextInt(7))) * 4096;
            long iova = aligned(random.nextInt(1 << 15) * 4096L, granules);
            long physical = aligned(random.nextInt(1 << 20) * 4096L, granules);
            if (random.nextInt(3) > 0) {
                mapBoth(iova, physical, length);
            } else {
                unmapBoth(iova, length);
            }
            lookUpBoth(iova + random.nextInt((int) Math.min(length, 1 << 30)));
        }
        assertThat(new int[] {mapped, refused, unmapped, cut})
                .as("each of them happened")
                .doesNotContain(0);
        pages.forEach((iova, page) -> lookUpBoth(iova + page.bytes - 1));
        table.unmap(0, 1L << 40);
        assertThat(table.tableCount()).as("empty tables are freed").isEqualTo(1);
        table.free();
        assertThat(memory.live()).isZero();
    }

    /** Half the time aligned to the length, so that large pages come up. */
    private long aligned(long address, long granules) {
        return random.nextBoolean() ? address & -(Long.highestOneBit(granules) * 4096) : address;
    }

    private void mapBoth(long iova, long physical, long length) {
        boolean free = firstOverlap(iova, length) == null;
        try {
            table.map(iova, physical, length, Protection.READ_WRITE);
            assertThat(free).as("map over a mapping").isTrue();
            mapped++;
        } catch (IommuException e) {
            assertThat(e.errno()).isEqualTo(Errno.EEXIST);
            assertThat(free).as("%s", e.getMessage()).isFalse();
            refused++;
            return;
        }
        for (long done = 0; done < length; ) {
            long bytes = largestByTrying(iova + done, physical + done, length - done);
            pages.put(iova + done, new Page(physical + done, bytes));
            done += bytes;
        }
    }

    private long largestByTrying(long iova, long physical, long remaining) {
        for (int bit = 62; bit >= 12; bit--) {
            long bytes = 1L << bit;
            if ((format.pageSizes() & bytes) != 0 && iova % bytes == 0 && physical % bytes == 0 && bytes <= remaining) {
                return bytes;
            }
        }
        throw new AssertionError("not even a granule fits");
    }

    private void unmapBoth(long iova, long length) {
        Map.Entry<Long, Page> first = pages.floorEntry(iova);
        Map.Entry<Long, Page> last = pages.floorEntry(iova + length - 1);
        boolean cuts = first != null && first.getKey() < iova && first.getKey() + first.getValue().bytes > iova
                || last != null && last.getKey() + last.getValue().bytes > iova + length;
        int gathersBefore = invalidator.gathers.size();
        try {
            long bytes = table.unmap(iova, length);
            assertThat(cuts).as("a page was cut").isFalse();
            Map<Long, Page> gone = pages.subMap(iova, iova + length);
            assertThat(bytes)
                    .isEqualTo(gone.values().stream().mapToLong(Page::bytes).sum());
            checkGather(gone, gathersBefore);
            unmapped += gone.isEmpty() ? 0 : 1;
            gone.clear();
        } catch (IommuException e) {
            assertThat(e.errno()).isEqualTo(Errno.EINVAL);
            assertThat(cuts).as("%s", e.getMessage()).isTrue();
            cut++;
        }
    }

    /** Each page that went is in a range of its size; nothing else is. */
    private void checkGather(Map<Long, Page> gone, int gathersBefore) {
        if (gone.isEmpty()) {
            assertThat(invalidator.gathers).hasSize(gathersBefore);
            return;
        }
        assertThat(invalidator.gathers).hasSize(gathersBefore + 1);
        Map<Long, Long> told = new TreeMap<>();
        for (UnmappedRange range : invalidator.gathers.get(gathersBefore).ranges()) {
            for (long at = range.iova(); at < range.iova() + range.lengthBytes(); at += range.pageBytes()) {
                told.put(at, range.pageBytes());
            }
        }
        Map<Long, Long> expected = new TreeMap<>();
        gone.forEach((iova, page) -> expected.put(iova, page.bytes));
        assertThat(told).isEqualTo(expected);
    }

    private void lookUpBoth(long iova) {
        Map.Entry<Long, Page> page = pages.floorEntry(iova);
        boolean hit = page != null && iova < page.getKey() + page.getValue().bytes;
        OptionalLong expected =
                hit ? OptionalLong.of(page.getValue().physical + iova - page.getKey()) : OptionalLong.empty();
        assertThat(table.iovaToPhysical(iova)).as("0x%x", iova).isEqualTo(expected);
    }

    private Map.Entry<Long, Page> firstOverlap(long iova, long length) {
        Map.Entry<Long, Page> before = pages.lowerEntry(iova);
        if (before != null && before.getKey() + before.getValue().bytes > iova) {
            return before;
        }
        Map.Entry<Long, Page> after = pages.ceilingEntry(iova);
        return after != null && after.getKey() < iova + length ? after : null;
    }
}
