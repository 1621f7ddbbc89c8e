package dev.hitless.iommu.hardware.amdvi;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Decodes 16-byte commands; the opcode is in bits 63:60 of the first word.
 *
 * <pre>
 *                              63 60 59     52 51             32 31     24 23     16 15        3 2 1 0
 *  1 COMPLETION_WAIT          |  1  |    0    |     store address [51:3]                        |F|I|S|  127:64 data
 *  2 INVALIDATE_DEVTAB_ENTRY  |  2  |                    0                    |      DeviceID          |  127:64 0
 *  5 INVALIDATE_INTERRUPT_TABLE  as 2
 *  8 INVALIDATE_IOMMU_ALL     |  8  |                    0                                             |  127:64 0
 *
 *                              63 60 59     48 47         32 31     20 19                       0
 *  3 INVALIDATE_IOMMU_PAGES   |  3  |    0    |  DomainID   |    0    |         PASID            |
 *                              127:76 address | 75:67 0 | 66 GN | 65 PDE | 64 S
 *
 *                              63 60 59   56 55     48 47     32 31     24 23      16 15         0
 *  4 INVALIDATE_IOTLB_PAGES   |  4  |PASID  |  PASID  | QueueID  | Maxpend |  PASID   |  DeviceID  |
 *                                   |[19:16]|  [7:0]  |          |         |  [15:8]  |
 *                              127:76 address | 75:70 0 | 69:68 Type | 67 0 | 66 GN | 65 0 | 64 S
 *  6 PREFETCH_IOMMU_PAGES        as 4, with 31:24 count and 68 Inval
 *
 *                              63 60 59     52 51             32 31                 16 15        0
 *  7 COMPLETE_PPR_REQUEST     |  7  |    0    |      PASID      |          0          |  DeviceID  |
 *                              127:112 0 | 111:108 status | 107:105 0 | 104:96 tag | 95:67 0 | 66 GN | 65:64 0
 * </pre>
 *
 * The PASID pieces of commands 4 and 6 are where Linux puts them.
 */
final class CommandDecoder {
    private static final int DIRECTORIES_BIT = 1;
    private static final int GUEST_BIT = 2;

    private final AmdviFeatures features;

    CommandDecoder(AmdviFeatures features) {
        this.features = features;
    }

    Command decode(long low, long high) {
        int opcode = BitField.number(low, 63, 60);
        return switch (opcode) {
            case 1 -> completionWait(low, high);
            case 2 -> deviceOnly(low, high, "INVALIDATE_DEVTAB_ENTRY", true);
            case 3 -> iommuPages(low, high);
            case 4 -> iotlbPages(low, high);
            case 5 -> deviceOnly(low, high, "INVALIDATE_INTERRUPT_TABLE", false);
            case 6 -> prefetch(low, high);
            case 7 -> completePpr(low, high);
            case 8 -> all(low, high);
            default -> new Command.Illegal(String.format(Locale.ROOT, "command opcode 0x%x does not exist", opcode));
        };
    }

    private static Command completionWait(long low, long high) {
        if (BitField.of(low, 59, 52) != 0) {
            return reserved("COMPLETION_WAIT", low, high);
        }
        return new Command.CompletionWait(
                BitField.isSet(low, 0), BitField.isSet(low, 1), BitField.inPlace(low, 51, 3), high);
    }

    private static Command deviceOnly(long low, long high, String name, boolean deviceTable) {
        if (BitField.of(low, 59, 16) != 0 || high != 0) {
            return reserved(name, low, high);
        }
        int deviceId = BitField.number(low, 15, 0);
        return new Command.Invalidate(
                deviceTable ? new DevtabEntryInvalidation(deviceId) : new InterruptTableInvalidation(deviceId));
    }

    private Command iommuPages(long low, long high) {
        String name = "INVALIDATE_IOMMU_PAGES";
        boolean guest = BitField.isSet(high, GUEST_BIT);
        int pasid = BitField.number(low, 19, 0);
        if (BitField.of(low, 59, 48) != 0 || BitField.of(low, 31, 20) != 0 || BitField.of(high, 11, 3) != 0) {
            return reserved(name, low, high);
        }
        String complaint = guestComplaint(name, guest, pasid);
        return complaint != null
                ? new Command.Illegal(complaint)
                : new Command.Invalidate(new IommuPagesInvalidation(
                        BitField.number(low, 47, 32),
                        guest,
                        pasid,
                        BitField.isSet(high, DIRECTORIES_BIT),
                        AddressSpan.ofOperand(high)));
    }

    private Command iotlbPages(long low, long high) {
        String name = "INVALIDATE_IOTLB_PAGES";
        boolean guest = BitField.isSet(high, GUEST_BIT);
        int pasid = scatteredPasid(low);
        if (BitField.isSet(high, 1) || BitField.of(high, 11, 3) != 0) {
            return reserved(name, low, high); // Type needs InvIotlbTypeSup
        }
        String complaint =
                features.ats() ? guestComplaint(name, guest, pasid) : name + " without IotlbSup in the capability";
        return complaint != null
                ? new Command.Illegal(complaint)
                : new Command.Invalidate(new IotlbPagesInvalidation(
                        BitField.number(low, 15, 0), guest, pasid, AddressSpan.ofOperand(high)));
    }

    private Command prefetch(long low, long high) {
        String name = "PREFETCH_IOMMU_PAGES";
        if (BitField.isSet(high, 1) || BitField.isSet(high, 3) || BitField.of(high, 11, 5) != 0) {
            return reserved(name, low, high);
        }
        String complaint = guestComplaint(name, BitField.isSet(high, GUEST_BIT), scatteredPasid(low));
        return complaint != null ? new Command.Illegal(complaint) : new Command.Prefetch(BitField.number(low, 15, 0));
    }

    private Command completePpr(long low, long high) {
        String name = "COMPLETE_PPR_REQUEST";
        boolean guest = BitField.isSet(high, GUEST_BIT);
        int pasid = BitField.number(low, 51, 32);
        if (BitField.of(low, 59, 52) != 0
                || BitField.of(low, 31, 16) != 0
                || BitField.of(high, 1, 0) != 0
                || BitField.of(high, 31, 3) != 0
                || BitField.of(high, 43, 41) != 0
                || BitField.of(high, 63, 48) != 0) {
            return reserved(name, low, high);
        }
        String complaint = features.pageRequests() ? guestComplaint(name, guest, pasid) : name + " without PPRSup";
        return complaint != null
                ? new Command.Illegal(complaint)
                : new Command.CompletePpr(
                        BitField.number(low, 15, 0),
                        guest ? pasid : -1,
                        BitField.number(high, 40, 32),
                        BitField.number(high, 47, 44));
    }

    private Command all(long low, long high) {
        if (BitField.of(low, 59, 0) != 0 || high != 0) {
            return reserved("INVALIDATE_IOMMU_ALL", low, high);
        }
        return features.invalidateAll()
                ? new Command.Invalidate(new AllInvalidation())
                : new Command.Illegal("INVALIDATE_IOMMU_ALL without IASup");
    }

    /** PASID[15:8] in 23:16, PASID[7:0] in 55:48, PASID[19:16] in 59:56. */
    private static int scatteredPasid(long low) {
        return BitField.number(low, 23, 16) << 8 | BitField.number(low, 55, 48) | BitField.number(low, 59, 56) << 16;
    }

    private @Nullable String guestComplaint(String name, boolean guest, int pasid) {
        if (guest && !features.guestTranslation()) {
            return name + " with GN=1 without GTSup";
        }
        return !guest && pasid != 0
                ? name + " with GN=0 and PASID 0x" + Integer.toHexString(pasid) + ", which must be 0"
                : null;
    }

    private static Command reserved(String name, long low, long high) {
        return new Command.Illegal(
                String.format(Locale.ROOT, "%s with reserved bits set: 0x%016x 0x%016x", name, low, high));
    }
}
