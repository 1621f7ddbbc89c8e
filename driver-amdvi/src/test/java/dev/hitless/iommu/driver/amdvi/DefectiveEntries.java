package dev.hitless.iommu.driver.amdvi;

import dev.hitless.iommu.driver.support.memory.AddressSpan;
import java.util.List;
import java.util.function.BiFunction;

/** Device-table entries that are wrong, or are got to in a wrong way. */
final class DefectiveEntries {
    private static final int SHARED_DOMAIN_ID = 0x99;

    private DefectiveEntries() {}

    /** The tables first, then the DomainID, each step whole and waited for: the old id is filled from the new tables. */
    static UnitParts tablesThenDomainId() {
        return planning((old, right) -> {
            DeviceTableEntry last = right.steps().get(right.steps().size() - 1);
            return new DeviceTableUpdate(List.of(last.withDomainId(old.domainId()), last), right.parked());
        });
    }

    private static UnitParts planning(BiFunction<DeviceTableEntry, DeviceTableUpdate, DeviceTableUpdate> change) {
        return new UnitParts() {
            @Override
            DeviceTableWriter writer(DeviceTable table, Invalidations invalidations) {
                return new DeviceTableWriter(table, invalidations) {
                    @Override
                    DeviceTableUpdate plan(DeviceTableEntry old, DeviceTableEntry target) {
                        DeviceTableUpdate right = super.plan(old, target);
                        return old.translates()
                                        && target.translates()
                                        && !right.steps().isEmpty()
                                ? change.apply(old, right)
                                : right;
                    }
                };
            }
        };
    }

    /** Copies are dropped when all is stored, not after each step: there is no moment at which a whole entry is wrong. */
    static UnitParts invalidatedOnce() {
        return new UnitParts() {
            @Override
            DeviceTableWriter writer(DeviceTable table, Invalidations invalidations) {
                return new DeviceTableWriter(table, invalidations) {
                    @Override
                    void carryOut(List<Integer> deviceIds, DeviceTableEntry old, DeviceTableUpdate update) {
                        DeviceTableEntry before = old;
                        for (DeviceTableEntry step : update.steps()) {
                            for (int id : deviceIds) {
                                write(table.address(id), before, step);
                            }
                            table.memory().writeBarrier();
                            before = step;
                        }
                        invalidations.deviceTableEntries(deviceIds);
                    }
                };
            }
        };
    }

    /** A 128-bit store is taken for a change at once wherever the CPU has it. */
    static UnitParts storing128BitsWhateverHardwareReads() {
        return new UnitParts() {
            @Override
            DeviceTableWriter writer(DeviceTable table, Invalidations invalidations) {
                return new DeviceTableWriter(table, invalidations) {
                    @Override
                    DeviceTableUpdate plan(DeviceTableEntry old, DeviceTableEntry target) {
                        return DeviceTableUpdate.plan(
                                old, target, table.memory().hasStore128());
                    }
                };
            }
        };
    }

    /** All devices have the same DomainID, as if it named a domain and not a device's GCR3 table. */
    static UnitParts oneDomainIdForAll() {
        return new UnitParts() {
            @Override
            DeviceTableWriter writer(DeviceTable table, Invalidations invalidations) {
                return new DeviceTableWriter(table, invalidations) {
                    @Override
                    DeviceTableUpdate plan(DeviceTableEntry old, DeviceTableEntry target) {
                        return super.plan(shared(old), shared(target));
                    }

                    @Override
                    void carryOut(List<Integer> deviceIds, DeviceTableEntry old, DeviceTableUpdate update) {
                        super.carryOut(deviceIds, shared(old), update);
                    }
                };
            }

            @Override
            Invalidations invalidations(CommandBuffer commands, HardwareCapabilities hardware) {
                return new QueuedInvalidations(commands, hardware) {
                    @Override
                    public void pages(List<TranslationTag> tags, List<AddressSpan> pages) {
                        super.pages(
                                tags.stream()
                                        .map(tag -> new TranslationTag(SHARED_DOMAIN_ID, tag.guest(), tag.pasid()))
                                        .toList(),
                                pages);
                    }
                };
            }
        };
    }

    private static DeviceTableEntry shared(DeviceTableEntry entry) {
        return entry.translates() ? entry.withDomainId(SHARED_DOMAIN_ID) : entry;
    }
}
