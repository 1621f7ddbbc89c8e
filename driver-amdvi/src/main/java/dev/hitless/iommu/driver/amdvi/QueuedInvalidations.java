package dev.hitless.iommu.driver.amdvi;

import dev.hitless.iommu.driver.support.device.DeviceCaches;
import dev.hitless.iommu.driver.support.memory.AddressSpan;
import dev.hitless.iommu.driver.support.track.DomainUser;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** {@link Invalidations} by commands. Each method is one submission with one wait. */
class QueuedInvalidations implements Invalidations {
    /** Beyond this many spans dropping everything of the tag is the lesser evil. */
    private static final int MOST_SPANS = 8;

    /** Beyond this many tags dropping everything that the IOMMU has is. */
    private static final int MOST_TAGS = 64;

    private final CommandBuffer commands;
    private final HardwareCapabilities hardware;

    QueuedInvalidations(CommandBuffer commands, HardwareCapabilities hardware) {
        this.commands = commands;
        this.hardware = hardware;
    }

    @Override
    public void deviceTableEntries(List<Integer> deviceIds) {
        commands.execute(deviceIds.stream().map(Command::deviceTableEntry).toList());
    }

    @Override
    public void translations(List<TranslationTag> tags) {
        if (tags.size() > MOST_TAGS && hardware.invalidatesAll()) {
            everything();
            return;
        }
        pages(tags, List.of(AddressSpan.EVERYTHING));
    }

    @Override
    public void pages(List<TranslationTag> tags, List<AddressSpan> pages) {
        Set<Command> chosen = new LinkedHashSet<>();
        for (TranslationTag tag : tags) {
            // Hardware without guest translation rejects GN=1.
            if (tag.guest() && !hardware.guestTranslation()) {
                continue;
            }
            for (AddressSpan span : AddressSpan.atMost(MOST_SPANS, pages)) {
                chosen.add(Command.pages(tag, span));
            }
        }
        commands.execute(List.copyOf(chosen));
    }

    @Override
    public void devices(List<DomainUser> users, List<AddressSpan> pages) {
        DeviceCaches.forget(users, reachable -> commands.executeOnce(ofDevices(reachable, pages)));
    }

    private static List<Command> ofDevices(List<DomainUser> users, List<AddressSpan> pages) {
        Set<Command> chosen = new LinkedHashSet<>();
        for (DomainUser user : users) {
            int queueDepth = user.device().description().atsQueueDepth();
            for (int deviceId : user.device().description().requesterIds()) {
                for (AddressSpan span : AddressSpan.atMost(MOST_SPANS, pages)) {
                    chosen.add(Command.devicePages(deviceId, queueDepth, user.pasid(), span));
                }
            }
        }
        return List.copyOf(chosen);
    }

    @Override
    public void everything() {
        if (hardware.invalidatesAll()) {
            commands.execute(List.of(Command.all()));
        }
    }
}
