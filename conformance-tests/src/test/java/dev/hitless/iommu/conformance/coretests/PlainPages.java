package dev.hitless.iommu.conformance.coretests;

import dev.hitless.iommu.api.IommuDriver;
import dev.hitless.iommu.api.PageRequest;
import dev.hitless.iommu.api.PageResponse;
import dev.hitless.iommu.conformance.coretests.PlainGroup.PlainHandle;
import dev.hitless.iommu.conformance.subsystem.Subsystem;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Page requests of {@link PlainCore}. */
class PlainPages {
    /** One group of them. */
    class Asked implements Subsystem.AskedPages {
        final List<PageRequest> requests = new ArrayList<>();

        @Nullable
        PlainHandle handle;

        boolean complete;
        boolean delivered;
        boolean answered;

        @Override
        public List<PageRequest> requests() {
            return requests;
        }

        @Override
        public boolean answer(PageResponse.Code code) {
            if (answered) {
                return false;
            }
            answered = true;
            PageRequest last = requests.get(requests.size() - 1);
            driver.respond(new PageResponse(last.requesterId(), last.pasid(), last.group(), code));
            return true;
        }
    }

    final IommuDriver driver;
    final List<Asked> all = new ArrayList<>();

    PlainPages(IommuDriver driver) {
        this.driver = driver;
    }

    Asked asked() {
        return new Asked();
    }

    /** The group that {@code request} belongs to, with it. */
    Asked report(PageRequest request) {
        Asked asked = all.stream()
                .filter(known -> !known.complete && belongs(known.requests.get(0), request))
                .findFirst()
                .orElseGet(this::asked);
        asked.requests.add(request);
        asked.complete = request.last();
        if (!all.contains(asked)) {
            all.add(asked);
        }
        return asked;
    }

    private static boolean belongs(PageRequest one, PageRequest other) {
        return one.requesterId() == other.requesterId()
                && one.pasid().equals(other.pasid())
                && one.group() == other.group();
    }

    void deliver() {
        for (Asked asked : List.copyOf(all)) {
            if (asked.complete && !asked.delivered) {
                asked.delivered = true;
                deliver(asked);
            }
        }
    }

    private static void deliver(Asked asked) {
        if (asked.answered) {
            return;
        }
        if (asked.handle == null || asked.handle.pages == null) {
            asked.answer(PageResponse.Code.INVALID);
        } else {
            asked.handle.pages.accept(asked);
        }
    }

    /** What came for {@code handle} and is unanswered could not be handled. */
    void abandon(@Nullable PlainHandle handle) {
        if (handle != null) {
            all.stream()
                    .filter(asked -> asked.complete && Objects.equals(asked.handle, handle))
                    .forEach(asked -> asked.answer(PageResponse.Code.INVALID));
        }
    }

    void abandon(int requesterId) {
        List<Asked> leaving = all.stream()
                .filter(asked -> asked.requests.get(0).requesterId() == requesterId)
                .toList();
        leaving.stream().filter(asked -> asked.complete).forEach(asked -> asked.answer(PageResponse.Code.INVALID));
        all.removeAll(leaving);
    }
}
