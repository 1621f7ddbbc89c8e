package dev.hitless.iommu.hardware.vtd;

import dev.hitless.iommu.hardware.CommandsAhead;
import dev.hitless.iommu.hardware.HardwarePort;

/** What hardware may do with descriptors that it was given and has not come to yet: it may have fetched them already. */
final class FetchAhead {
    private final HardwarePort port;
    private final DescriptorDecoder decoder;
    private final DescriptorRing ring;
    private final CommandsAhead ahead;

    FetchAhead(HardwarePort port, DescriptorDecoder decoder, DescriptorRing ring, CommandsAhead ahead) {
        this.port = port;
        this.decoder = decoder;
        this.ring = ring;
        this.ahead = ahead;
    }

    /** What is from {@code first} to the tail counts from now on. */
    void handOver(long first, boolean scalable) {
        if (!ring.isTailAligned() || !ring.isTailInside()) {
            return;
        }
        for (long at = first; at != ring.tail(); at = ring.next(at)) {
            long address = ring.address(at);
            if (port.isMemory(address)) {
                handOverOne(address, ring.words(address), scalable);
            }
        }
    }

    private void handOverOne(long address, long[] words, boolean scalable) {
        int number = CommandsAhead.NONE;
        long completionAddress = 0;
        try {
            if (DescriptorDecoder.isWait(words[0])) {
                WaitDescriptor wait = decoder.waitDescriptor(words[0], words[1]);
                completionAddress = wait.statusWrite() ? wait.statusAddress() : 0;
                if (wait.fence()) {
                    // Between the commands before it and those behind, in the order in which they are submitted.
                    port.fenced();
                }
            } else if (!DescriptorDecoder.isPageGroupResponse(words[0])) {
                number = port.submitted(decoder.invalidation(words[0], words[1], ring.isWide(), scalable));
            }
        } catch (InvalidDescriptorException invalid) {
            number = CommandsAhead.NONE;
        }
        ahead.handedOver(address, words, number, completionAddress);
    }
}
