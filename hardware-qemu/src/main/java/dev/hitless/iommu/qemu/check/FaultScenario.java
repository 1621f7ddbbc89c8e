package dev.hitless.iommu.qemu.check;

import dev.hitless.iommu.api.FaultReport;
import dev.hitless.iommu.api.Pasid;
import dev.hitless.iommu.conformance.machine.DomainKind;
import dev.hitless.iommu.hardware.DmaRequest;
import dev.hitless.iommu.hardware.FaultClass;
import dev.hitless.iommu.hardware.Translation;
import dev.hitless.iommu.qemu.unit.Departure;
import java.util.List;
import java.util.Optional;

/**
 * DMA that is refused, one at a time, and what the driver finds in the fault log of QEMU afterwards: one record, with the
 * reason that the model gives for the same request.
 */
final class FaultScenario extends QemuScenario {
    private static final int WORD = 4;
    private static final long UNMAPPED = 0x6700_0000L;

    private final DomainKind kind;
    private final Pasid pasid;

    FaultScenario(Setup setup, DomainKind kind, Pasid pasid) {
        super(setup, (pasid.isNone() ? "rid" : "pasid") + "/" + kind.label() + "/faults");
        this.kind = kind;
        this.pasid = pasid;
    }

    @Override
    void run(QemuMachine machine, Tally tally) {
        QemuDevice device = machine.probe(0, pasid);
        check(machine, tally, device, TestPages.WARM, false);
        check(machine, tally, device, TestPages.WARM, true);
        machine.domain(kind);
        TestDomain oddColour = machine.domain(kind);
        machine.set(device, oddColour);
        check(machine, tally, device, UNMAPPED, false);
        check(machine, tally, device, UNMAPPED, true);
        check(machine, tally, device, TestPages.RIGHTS, true);
        machine.set(device, machine.blocked());
        check(machine, tally, device, TestPages.WARM, false);
    }

    private void check(QemuMachine machine, Tally tally, QemuDevice device, long iova, boolean write) {
        machine.serviceFaults();
        if (write) {
            device.edu().store(0, iova, WORD);
        } else {
            device.edu().load(iova, 0, WORD);
        }
        List<FaultReport> reports = machine.serviceFaults();
        DmaRequest request = device.stream().request(iova, write, false);
        Translation expected = machine.recording().translate(request);
        tally.compared(1);
        if (expected.isFault()) {
            compare(machine, request, expected, reports)
                    .ifPresent(what -> tally.disagree(name(), request + ": " + what));
        } else {
            tally.disagree(name(), request + " was meant to be refused, and the model translates it: " + expected);
        }
    }

    /** What is wrong with {@code reports}; empty: nothing. */
    private static Optional<String> compare(
            QemuMachine machine, DmaRequest request, Translation expected, List<FaultReport> reports) {
        boolean silent = expected.faultCode() == 0;
        if (!silent && reports.isEmpty() && machine.iommu().departures().contains(Departure.NO_EVENT_LOG)) {
            machine.departures().add(Departure.NO_EVENT_LOG);
            return Optional.empty();
        }
        if (reports.size() != (silent ? 0 : 1)) {
            return Optional.of(reports.size() + " records in QEMU " + reports + ", the model has " + expected);
        }
        if (silent) {
            return Optional.empty();
        }
        FaultReport report = reports.get(0);
        boolean sameReason = report.code() == expected.faultCode();
        Optional<Departure> known = machine.iommu().faultDeparture(report.code(), expected.faultCode());
        if (!sameReason) {
            known.ifPresent(machine.departures()::add);
        }
        return (sameReason || known.isPresent()) && isAbout(report, request, expected)
                ? Optional.empty()
                : Optional.of("QEMU records " + report + ", the model " + expected);
    }

    /**
     * Requests that are aimed at a PASID carry none in QEMU, so its record may say none. Faults of entries need not say more than who;
     * those of translation say what was asked for.
     */
    private static boolean isAbout(FaultReport report, DmaRequest request, Translation expected) {
        boolean same = report.requesterId() == request.requesterId()
                && (report.pasid().isNone() || report.pasid().value() == request.pasid());
        boolean ofTranslation =
                expected.faultClass() == FaultClass.NOT_MAPPED || expected.faultClass() == FaultClass.PERMISSION;
        return same
                && (!ofTranslation
                        || (report.iova() >>> 12 == request.iova() >>> 12 && report.write() == request.write()));
    }
}
