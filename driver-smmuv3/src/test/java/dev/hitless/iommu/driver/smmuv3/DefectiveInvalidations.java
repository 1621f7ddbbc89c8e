package dev.hitless.iommu.driver.smmuv3;

import dev.hitless.iommu.driver.support.memory.AddressSpan;
import dev.hitless.iommu.driver.support.pagetable.UnmapGather;
import dev.hitless.iommu.driver.support.queue.CommandRing;
import dev.hitless.iommu.driver.support.track.DomainUser;
import dev.hitless.iommu.driver.support.track.DomainUsers;
import java.util.ArrayList;
import java.util.List;

/** Invalidations with one defect each. */
final class DefectiveInvalidations {
    private DefectiveInvalidations() {}

    /** CFGI_CD and CFGI_CD_ALL are forgotten. */
    static final class WithoutDescriptors extends Invalidations {
        WithoutDescriptors(CommandRing ring, boolean ranges) {
            super(ring, ranges);
        }

        @Override
        void contextDescriptor(List<Integer> streamIds, int substream, boolean pointerToo) {
            // Forgotten.
        }

        @Override
        void contextDescriptors(List<Integer> streamIds) {
            // Forgotten.
        }
    }

    /** An answer that may have come through is given once more. */
    static final class AnsweringTwice extends Invalidations {
        AnsweringTwice(CommandRing ring, boolean ranges) {
            super(ring, ranges);
        }

        @Override
        void executeAtMostOnce(Command command) {
            execute(List.of(command));
        }
    }

    /** CFGI_STE is forgotten. */
    static final class WithoutStreams extends Invalidations {
        WithoutStreams(CommandRing ring, boolean ranges) {
            super(ring, ranges);
        }

        @Override
        void streams(List<Integer> streamIds) {
            // Forgotten.
        }

        @Override
        void streamTableLeaf(int streamId) {
            // Forgotten.
        }
    }

    /** Commands of some kinds do not name a device's alias. */
    static final class WithoutAlias extends Invalidations {
        private static final int ALIAS = 0x00A0;
        private static final int RANGE = 0x04;

        private final List<Integer> opcodes;

        private WithoutAlias(CommandRing ring, boolean ranges, List<Integer> opcodes) {
            super(ring, ranges);
            this.opcodes = opcodes;
        }

        /** CFGI_STE and CFGI_STE_RANGE. */
        static Invalidations inStreams(CommandRing ring, boolean ranges) {
            return new WithoutAlias(ring, ranges, List.of(0x03, RANGE));
        }

        /** CFGI_STE, CFGI_STE_RANGE, CFGI_CD and CFGI_CD_ALL. */
        static Invalidations inConfiguration(CommandRing ring, boolean ranges) {
            return new WithoutAlias(ring, ranges, List.of(0x03, RANGE, 0x05, 0x06));
        }

        /** ATC_INV. */
        static Invalidations inDevices(CommandRing ring, boolean ranges) {
            return new WithoutAlias(ring, ranges, List.of(0x40));
        }

        @Override
        void executeOnce(List<Command> commands) {
            List<Command> sent = new ArrayList<>(commands);
            sent.removeIf(command -> opcodes.contains(opcode(command)) && namesAlias(command));
            super.executeOnce(sent);
        }

        /** A range of StreamIDs names those that it starts with the same bits as; CFGI_ALL names nobody. */
        private static boolean namesAlias(Command command) {
            int bits = opcode(command) == RANGE ? (int) command.word1() + 1 : 0;
            return bits < 32 && (command.word0() >>> 32 ^ ALIAS) >>> bits == 0;
        }

        private static int opcode(Command command) {
            return (int) command.word0() & 0xFF;
        }
    }

    /** An unmap drops nothing from the TLB. */
    static final class WithoutUnmappedPages extends Invalidations {
        WithoutUnmappedPages(CommandRing ring, boolean ranges) {
            super(ring, ranges);
        }

        @Override
        void pages(TranslationTag tag, UnmapGather gather) {
            // Forgotten.
        }
    }

    /** An unmap names VMID 0, whatever else its ASID is under for a while. */
    static final class UnmappedPagesWithoutBorrowedVmids extends Invalidations {
        UnmappedPagesWithoutBorrowedVmids(CommandRing ring, boolean ranges) {
            super(ring, ranges);
        }

        @Override
        void pages(TranslationTag tag, UnmapGather gather) {
            super.pages(tag.kind() == TranslationTag.Kind.ASID ? TranslationTag.asid(tag.id()) : tag, gather);
        }
    }

    /** Users of an address space that dies are fenced one by one, and what came back meanwhile stays. */
    static final class DeadSpacesFencedOneByOne extends Invalidations {
        DeadSpacesFencedOneByOne(CommandRing ring, boolean ranges) {
            super(ring, ranges);
        }

        @Override
        void everythingOf(TranslationTag tag, DomainUsers users) {
            // Forgotten.
        }
    }

    /** A CD is dropped, and the L1CD above it never. */
    static final class LeavingPointers extends Invalidations {
        LeavingPointers(CommandRing ring, boolean ranges) {
            super(ring, ranges);
        }

        @Override
        void contextDescriptor(List<Integer> streamIds, int substream, boolean pointerToo) {
            super.contextDescriptor(streamIds, substream, false);
        }
    }

    /** CFGI commands are taken to drop translations too. */
    static final class WithoutTranslations extends Invalidations {
        WithoutTranslations(CommandRing ring, boolean ranges) {
            super(ring, ranges);
        }

        @Override
        void translations(TranslationTag tag) {
            // Forgotten.
        }
    }

    /** TLBI commands are taken to reach devices too. */
    static final class WithoutDevices extends Invalidations {
        WithoutDevices(CommandRing ring, boolean ranges) {
            super(ring, ranges);
        }

        @Override
        void devices(List<DomainUser> users, List<AddressSpan> spans) {
            // Forgotten.
        }
    }

    /** The device forgets first, and refills from what the SMMU still has (Linux before 2019). */
    static final class DevicesFirst extends Invalidations {
        private TranslationTag later = TranslationTag.NOTHING;

        DevicesFirst(CommandRing ring, boolean ranges) {
            super(ring, ranges);
        }

        @Override
        void translations(TranslationTag tag) {
            later = tag;
        }

        @Override
        void devices(List<DomainUser> users, List<AddressSpan> spans) {
            super.devices(users, spans);
            super.translations(later);
        }
    }

    /** One CMD_SYNC behind everything: TLBI and ATC_INV in one batch, which hardware may carry out in any order. */
    static final class OneBatch extends Invalidations {
        private final List<Command> gathered = new ArrayList<>();
        private boolean gathering;

        OneBatch(CommandRing ring, boolean ranges) {
            super(ring, ranges);
        }

        @Override
        void executeOnce(List<Command> commands) {
            if (gathering) {
                gathered.addAll(commands);
            } else {
                super.executeOnce(commands);
            }
        }

        @Override
        void translations(TranslationTag tag) {
            gathering = true;
            super.translations(tag);
        }

        @Override
        void devices(List<DomainUser> users, List<AddressSpan> spans) {
            gathering = true;
            super.devices(users, spans);
            gathering = false;
            execute(List.copyOf(gathered));
            gathered.clear();
        }
    }

    /** Sent, and not waited for. */
    static final class NotWaiting extends Invalidations {
        private final CommandRing ring;

        NotWaiting(CommandRing ring, boolean ranges) {
            super(ring, ranges);
            this.ring = ring;
        }

        @Override
        void executeOnce(List<Command> commands) {
            if (!commands.isEmpty()) {
                ring.submit(commands.stream().map(Command::words).toList());
            }
        }
    }

    /** The ATC_INV names SubstreamID 0, whatever the PASID. */
    static final class DevicesWithoutPasid extends Invalidations {
        private static final long SUBSTREAM = 0xF_FFFFL << 12;

        DevicesWithoutPasid(CommandRing ring, boolean ranges) {
            super(ring, ranges);
        }

        @Override
        void executeOnce(List<Command> commands) {
            super.executeOnce(commands.stream()
                    .map(DevicesWithoutPasid::forgettingThePasid)
                    .toList());
        }

        private static Command forgettingThePasid(Command command) {
            boolean toDevice = (command.word0() & 0xFF) == 0x40;
            return toDevice ? new Command(command.word0() & ~SUBSTREAM, command.word1()) : command;
        }
    }
}
