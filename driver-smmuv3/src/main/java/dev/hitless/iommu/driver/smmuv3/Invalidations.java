package dev.hitless.iommu.driver.smmuv3;

import dev.hitless.iommu.driver.support.device.DeviceCaches;
import dev.hitless.iommu.driver.support.memory.AddressSpan;
import dev.hitless.iommu.driver.support.pagetable.UnmapGather;
import dev.hitless.iommu.driver.support.pagetable.UnmappedRange;
import dev.hitless.iommu.driver.support.queue.Attempts;
import dev.hitless.iommu.driver.support.queue.CommandRing;
import dev.hitless.iommu.driver.support.track.DomainUser;
import dev.hitless.iommu.driver.support.track.DomainUsers;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Makes the hardware forget. Every method returns when the CMD_SYNC behind its commands was seen complete, so what is
 * called later comes later: hardware knows no order among invalidations but that (IHI 0070 4.7.3). CFGI commands drop no
 * translations, TLBI commands no configuration, and neither anything in a device.
 *
 * <p>What hardware did not do is asked for again, twice. After that a method throws EIO or ETIMEDOUT.
 */
class Invalidations {
    private static final Attempts ATTEMPTS = new Attempts(3);

    /** Beyond this many TLBI or ATC commands dropping everything of the tag is the lesser evil. */
    private static final int MOST_COMMANDS = 32;

    private final CommandRing ring;
    private final boolean ranges;

    /** @param ranges whether one TLBI command can name a range (IDR3.RIL) */
    Invalidations(CommandRing ring, boolean ranges) {
        this.ring = ring;
        this.ranges = ranges;
    }

    /** Has hardware carry out {@code commands}, in no particular order, and waits until it has. */
    void execute(List<Command> commands) {
        ATTEMPTS.run(() -> executeOnce(commands));
    }

    /**
     * Has hardware carry out a command that must not be carried out twice.
     *
     * @throws dev.hitless.iommu.driver.support.queue.CommandRejectedException if it was rejected again and again
     * @throws dev.hitless.iommu.api.IommuException EIO, ETIMEDOUT, if it may have been carried out
     */
    void executeAtMostOnce(Command command) {
        ATTEMPTS.runAtMostOnce(() -> executeOnce(List.of(command)));
    }

    /** As {@link #execute}, for those who try again themselves. */
    void executeOnce(List<Command> commands) {
        ring.execute(commands.stream().map(Command::words).toList());
    }

    /** Everything, before translation is turned on. Configuration first: translations are made from it (4.3.6). */
    void everything() {
        allConfiguration();
        execute(List.of(Command.allTranslations()));
    }

    /** All stream table entries and context descriptors, and what leads to them. */
    void allConfiguration() {
        execute(List.of(Command.allConfig()));
    }

    /** The stream table entries, and all context descriptors, of these StreamIDs. */
    void streams(List<Integer> streamIds) {
        execute(streamIds.stream().map(Command::configOfStream).toList());
    }

    /** A page of stream table entries around {@code streamId}, the pointer to it, and all that was read through it. */
    void streamTableLeaf(int streamId) {
        execute(List.of(Command.configOfStreams(streamId, StreamTable.SPLIT)));
    }

    /**
     * One context descriptor. Each StreamID may have a copy of its own.
     *
     * @param pointerToo also the L1CD above it
     */
    void contextDescriptor(List<Integer> streamIds, int substream, boolean pointerToo) {
        execute(streamIds.stream()
                .map(streamId -> Command.contextDescriptor(streamId, substream, !pointerToo))
                .toList());
    }

    /** All context descriptors of these StreamIDs, and the L1CDs above them. */
    void contextDescriptors(List<Integer> streamIds) {
        execute(streamIds.stream().map(Command::contextDescriptors).toList());
    }

    /** All translations under {@code tag}. */
    void translations(TranslationTag tag) {
        execute(ofTag(tag));
    }

    /** Translations under {@code tag} of what was unmapped. */
    void pages(TranslationTag tag, UnmapGather gather) {
        List<Command> commands = new ArrayList<>();
        for (UnmappedRange range : gather.ranges()) {
            addPages(commands, tag, range, !gather.tablesRemoved());
            if (commands.size() > MOST_COMMANDS) {
                translations(tag);
                return;
            }
        }
        execute(commands);
    }

    private void addPages(List<Command> commands, TranslationTag tag, UnmappedRange range, boolean leaf) {
        if (ranges) {
            for (TlbRange part : TlbRange.covering(range.iova(), range.lengthBytes())) {
                commands.addAll(part.isSinglePage() ? page(tag, part.address(), leaf) : range(tag, part, leaf));
            }
            return;
        }
        long pages = Long.divideUnsigned(range.lengthBytes(), range.pageBytes());
        for (long i = 0; i < pages && commands.size() <= MOST_COMMANDS; i++) {
            commands.addAll(page(tag, range.iova() + i * range.pageBytes(), leaf));
        }
    }

    private static List<Command> page(TranslationTag tag, long address, boolean leaf) {
        return switch (tag.kind()) {
            case NONE -> List.of();
            case ASID ->
                tag.vmids().stream()
                        .map(vmid -> Command.pageOfAsid(vmid, tag.id(), address, leaf))
                        .toList();
            case VMID -> List.of(Command.pageOfVmid(tag.id(), address, leaf));
        };
    }

    private static List<Command> range(TranslationTag tag, TlbRange range, boolean leaf) {
        return switch (tag.kind()) {
            case NONE -> List.of();
            case ASID ->
                tag.vmids().stream()
                        .map(vmid -> Command.rangeOfAsid(vmid, tag.id(), range, leaf))
                        .toList();
            case VMID -> List.of(Command.rangeOfVmid(tag.id(), range, leaf));
        };
    }

    private static List<Command> ofTag(TranslationTag tag) {
        return switch (tag.kind()) {
            case NONE -> List.of();
            case ASID ->
                tag.vmids().stream().map(vmid -> Command.asid(vmid, tag.id())).toList();
            case VMID -> List.of(Command.allOfVmid(tag.id()));
        };
    }

    /**
     * What was unmapped in a table whose translations carry {@code tag}: first the SMMU, then the devices of {@code users}. Descriptors that
     * are not valid are never cached in the TLB, so there is nothing to do after a map.
     */
    final void unmapped(TranslationTag tag, DomainUsers users, UnmapGather gather) {
        List<AddressSpan> spans = AddressSpan.covering(gather);
        users.with(now -> {
            if (!now.isEmpty()) {
                pages(tag, gather);
                devices(now, spans);
            }
        });
    }

    /** Everything that is cached under {@code tag}: first in the SMMU, then in the devices of {@code users}. */
    void everythingOf(TranslationTag tag, DomainUsers users) {
        users.with(now -> {
            if (!now.isEmpty()) {
                translations(tag);
                devices(now, List.of(AddressSpan.EVERYTHING));
            }
        });
    }

    /**
     * What devices keep of {@code spans}. Only after the SMMU's translations, from which devices refill (4.5.1). Devices
     * that are gone or have ATS off are left out.
     */
    void devices(List<DomainUser> users, List<AddressSpan> spans) {
        DeviceCaches.forget(users, reachable -> executeOnce(ofDevices(reachable, spans)));
    }

    private static List<Command> ofDevices(List<DomainUser> users, List<AddressSpan> spans) {
        Set<Command> commands = new LinkedHashSet<>();
        for (DomainUser user : users) {
            for (AddressSpan span : AddressSpan.atMost(MOST_COMMANDS, spans)) {
                for (int streamId : user.device().description().requesterIds()) {
                    commands.add(Command.deviceTranslations(streamId, user.pasid(), span));
                }
            }
        }
        return List.copyOf(commands);
    }
}
