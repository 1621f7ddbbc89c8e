package dev.hitless.iommu.hardware.amdvi;

import dev.hitless.iommu.hardware.DmaRequest;
import dev.hitless.iommu.hardware.FaultClass;
import dev.hitless.iommu.hardware.Translation;

/**
 * Writes event records, 16 bytes each.
 *
 * <pre>
 *                             63 60 59 57 56 55 54 53 52 51 50 49 48 47            32 31 20 19        16 15      0
 * 1 ILLEGAL_DEV_TABLE_ENTRY  |  1  |     |TR|RZ|  |RW|  |I |  |  |GN| PASID[15:0]    |     |PASID[19:16]| DeviceID |  address
 * 2 IO_PAGE_FAULT            |  2  |     |TR|RZ|PE|RW|PR|I |US|NX|GN| see below      |     |PASID[19:16]| DeviceID |  IOVA
 * 3 DEV_TAB_HARDWARE_ERROR   |  3  |type |TR|     |RW|  |I |        |                |     |            | DeviceID |  address
 * 4 PAGE_TAB_HARDWARE_ERROR  |  4  |type |TR|     |RW|  |I |     |GN| see below      |     |PASID[19:16]| DeviceID |  SPA of entry
 * 5 ILLEGAL_COMMAND_ERROR    |  5  |                              0                                               |  SPA
 * 6 COMMAND_HARDWARE_ERROR   |  6  |type |                        0                                               |  SPA
 * 7 IOTLB_INV_TIMEOUT        |  7  |                              0                                    | DeviceID |  SPA
 * 8 INVALID_DEVICE_REQUEST   |  8  |type |TR|                    |GN| PASID[15:0]    |     |PASID[19:16]| DeviceID |  address
 * 9 INVALID_PPR_REQUEST      |  9  | as a PPR record                                                              |  address
 * </pre>
 *
 * 47:32 of events 2 and 4: DomainID with GN=0, PASID[15:0] with GN=1. Type 1: master abort (3, 4, 6).
 */
final class EventLog {
    private static final long MASTER_ABORT = 1L << 57;
    private static final long PRE_TRANSLATED = 1L << 57;
    private static final long GUEST = 1L << 48;
    private static final long USER = 1L << 50;
    private static final long PRESENT = 1L << 52;
    private static final long WRITE = 1L << 53;
    private static final long PERMISSION = 1L << 54;
    private static final long RESERVED_BITS = 1L << 55;
    private static final long TRANSLATION_REQUEST = 1L << 56;

    private final LogRing ring;

    EventLog(LogRing ring) {
        this.ring = ring;
    }

    void illegalCommand(long address) {
        ring.append(code(EventCode.ILLEGAL_COMMAND_ERROR), address);
    }

    void commandHardwareError(long address) {
        ring.append(code(EventCode.COMMAND_HARDWARE_ERROR) | MASTER_ABORT, address);
    }

    void deviceInvalidationTimeout(int deviceId, long commandAddress) {
        ring.append(code(EventCode.IOTLB_INV_TIMEOUT) | deviceId, BitField.inPlace(commandAddress, 63, 4));
    }

    /** {@code record}: the PPR record's first word without its type. */
    void invalidPageRequest(long record, long address) {
        ring.append(code(EventCode.INVALID_PPR_REQUEST) | record, address);
    }

    /**
     * A translation fault.
     *
     * @param guestPasid PASID whose guest tables served it, or -1
     * @param domainId DomainID of its entry
     * @param structureAddress address of the structure that could not be read
     */
    void fault(DmaRequest request, Translation fault, int guestPasid, int domainId, long structureAddress) {
        long low = code(fault.faultCode()) | (request.requesterId() & 0xFFFF);
        if (request.translationRequest()) {
            low |= TRANSLATION_REQUEST;
        }
        boolean guest = guestPasid != -1;
        switch (fault.faultCode()) {
            case EventCode.IO_PAGE_FAULT ->
                ring.append(low | pageFaultFlags(request, fault, guest) | tag(guestPasid, domainId), request.iova());
            case EventCode.PAGE_TAB_HARDWARE_ERROR ->
                ring.append(low | MASTER_ABORT | write(request) | tag(guestPasid, domainId), structureAddress);
            case EventCode.DEV_TAB_HARDWARE_ERROR -> ring.append(low | MASTER_ABORT | write(request), request.iova());
            case EventCode.INVALID_DEVICE_REQUEST ->
                ring.append(low | PRE_TRANSLATED | tag(guestPasid, 0), request.iova());
            default -> ring.append(low | RESERVED_BITS | write(request) | tag(guestPasid, 0), request.iova());
        }
    }

    private static long pageFaultFlags(DmaRequest request, Translation fault, boolean guest) {
        long flags = write(request) | (guest ? USER : 0);
        if (fault.faultClass() == FaultClass.PERMISSION) {
            return flags | PRESENT | PERMISSION;
        }
        return fault.faultClass() == FaultClass.ILLEGAL_ENTRY ? flags | PRESENT | RESERVED_BITS : flags;
    }

    private static long write(DmaRequest request) {
        return request.write() ? WRITE : 0;
    }

    private static long tag(int guestPasid, int domainId) {
        if (guestPasid == -1) {
            return (long) domainId << 32;
        }
        return GUEST | (long) (guestPasid & 0xFFFF) << 32 | (long) (guestPasid >>> 16) << 16;
    }

    private static long code(int code) {
        return (long) code << 60;
    }
}
