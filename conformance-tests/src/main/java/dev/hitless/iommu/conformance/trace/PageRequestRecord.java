package dev.hitless.iommu.conformance.trace;

import dev.hitless.iommu.api.PageRequest;
import dev.hitless.iommu.api.PageResponse;
import dev.hitless.iommu.api.Pasid;
import dev.hitless.iommu.hardware.HardwarePort.PageAnswer;
import dev.hitless.iommu.hardware.PageRequestMessage;
import java.util.ArrayList;
import java.util.List;

/** What became of page requests: handed over by the driver, dropped by the hardware, answered. */
public final class PageRequestRecord {
    /** For groups without PASID. */
    private static final int NO_PASID = -1;

    /**
     * An answer that reached a device.
     *
     * @param pasid -1: none
     */
    public record Answer(int requesterId, int pasid, int group, PageAnswer answer) {}

    private final List<PageRequest> delivered = new ArrayList<>();
    private final List<PageRequestMessage> lost = new ArrayList<>();
    private final List<Answer> answers = new ArrayList<>();

    PageRequestRecord() {}

    /** Those that the driver handed over, in order. A copy. */
    public List<PageRequest> delivered() {
        return List.copyOf(delivered);
    }

    /** Those that arrived and found no room, or were not allowed. A copy. */
    public List<PageRequestMessage> lost() {
        return List.copyOf(lost);
    }

    /** Answers that reached devices, from the driver or from the hardware itself. A copy. */
    public List<Answer> answers() {
        return List.copyOf(answers);
    }

    /** Starts afresh. */
    public void forget() {
        delivered.clear();
        lost.clear();
        answers.clear();
    }

    /** The same as the driver's contract puts it. */
    List<PageResponse> responses() {
        return answers.stream()
                .map(answer -> new PageResponse(
                        answer.requesterId(),
                        answer.pasid() == NO_PASID ? Pasid.NONE : Pasid.of(answer.pasid()),
                        answer.group(),
                        switch (answer.answer()) {
                            case SUCCESS -> PageResponse.Code.SUCCESS;
                            case INVALID -> PageResponse.Code.INVALID;
                            case FAILURE -> PageResponse.Code.FAILURE;
                        }))
                .toList();
    }

    void delivered(PageRequest request) {
        delivered.add(request);
    }

    void lost(PageRequestMessage request) {
        lost.add(request);
    }

    void answered(int requesterId, int pasid, int group, PageAnswer answer) {
        answers.add(new Answer(requesterId, pasid, group, answer));
    }
}
