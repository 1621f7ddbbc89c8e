package dev.hitless.iommu.conformance.coretests;

import dev.hitless.iommu.api.Pasid;
import dev.hitless.iommu.conformance.rules.Rule;
import dev.hitless.iommu.conformance.subsystem.Subsystem;
import java.util.Optional;

/** What the fault path finds, during a change and after it. */
final class Publication {
    private Publication() {}

    /**
     * The old handle stays visible until every device has switched; then the new one, or, if the change failed, still the
     * old one.
     *
     * @param old the handle before; empty: none, and a reserved slot reads as that
     * @param fresh the handle after a change that succeeds; empty: none
     */
    static void check(
            Setting setting,
            Performed done,
            Pasid pasid,
            Optional<Subsystem.Handle> old,
            Optional<Subsystem.Handle> fresh) {
        for (int i = 0; i < done.visible().size(); i++) {
            if (!done.visible().get(i).equals(old)) {
                setting.found(
                        Rule.CORE_03,
                        done.what() + ": " + name(old) + " is found from inside every call",
                        name(done.visible().get(i)) + " during " + done.calls().get(i));
                break;
            }
        }
        Optional<Subsystem.Handle> now = setting.find(pasid);
        if (done.thrown().isPresent()) {
            setting.check(
                    Rule.CORE_04, now.equals(old), done.what() + " failed: " + name(old) + " is found", name(now));
            setting.check(
                    Rule.CORE_04,
                    setting.record(pasid).isPresent() == old.isPresent(),
                    done.what() + " failed: the record is as before",
                    setting.record(pasid));
        } else {
            setting.check(
                    Rule.CORE_03,
                    now.equals(fresh),
                    done.what() + " succeeded: " + name(fresh) + " is found",
                    name(now));
        }
    }

    private static String name(Optional<Subsystem.Handle> handle) {
        return handle.map(present -> "the handle '" + present + "'").orElse("no handle");
    }
}
