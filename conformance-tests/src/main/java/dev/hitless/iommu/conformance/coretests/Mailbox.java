package dev.hitless.iommu.conformance.coretests;

import dev.hitless.iommu.api.IommuException;
import dev.hitless.iommu.api.PageResponse;
import dev.hitless.iommu.conformance.subsystem.Subsystem;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The page requests of one attachment: takes them and answers when told to. */
final class Mailbox {
    private final Subsystem.Handle handle;
    private final List<Subsystem.AskedPages> received = new ArrayList<>();

    Mailbox(Subsystem subsystem, String name) {
        this.handle = subsystem.newHandle(name, received::add);
    }

    Subsystem.Handle handle() {
        return handle;
    }

    /** Whether page request group {@code group} came here. */
    boolean has(int group) {
        return find(group).isPresent();
    }

    /** How many groups came. */
    int groups() {
        return received.size();
    }

    /** How many requests of {@code group} came. */
    int requests(int group) {
        return find(group).map(pages -> pages.requests().size()).orElse(0);
    }

    private Optional<Subsystem.AskedPages> find(int group) {
        return received.stream()
                .filter(pages -> pages.requests().get(0).group() == group)
                .findFirst();
    }

    /** Answers everything that came, whether or not that was done before. */
    void answerAll(PageResponse.Code code) {
        for (Subsystem.AskedPages pages : received) {
            try {
                pages.answer(code);
            } catch (IommuException unknown) {
                // The driver waits for no such answer; that it was asked to give it is counted where it was asked.
                continue;
            }
        }
    }

    @Override
    public String toString() {
        return handle.toString();
    }
}
