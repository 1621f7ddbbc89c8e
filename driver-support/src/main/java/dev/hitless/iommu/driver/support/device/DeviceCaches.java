package dev.hitless.iommu.driver.support.device;

import dev.hitless.iommu.api.IommuException;
import dev.hitless.iommu.driver.support.track.DomainUser;
import java.util.List;
import java.util.function.Consumer;

/** Which devices can be told to forget translations. */
public final class DeviceCaches {
    private DeviceCaches() {}

    /**
     * Has {@code invalidation} carried out for those of {@code users} whose devices keep translations: ATS on, and still
     * there. A device that goes away meanwhile has nothing cached any more and is left out in another attempt; all others
     * have to answer.
     *
     * @param users of devices that are {@link ProbedDevice}s
     * @param invalidation sends the commands and waits for them; may be called several times
     * @throws IommuException what {@code invalidation} threw, with all devices still there
     */
    public static void forget(List<DomainUser> users, Consumer<List<DomainUser>> invalidation) {
        List<DomainUser> reachable =
                users.stream().filter(DeviceCaches::isReachable).toList();
        if (reachable.isEmpty()) {
            return;
        }
        try {
            invalidation.accept(reachable);
        } catch (IommuException e) {
            if (reachable.stream().allMatch(DeviceCaches::isReachable)) {
                throw e;
            }
            forget(reachable, invalidation);
        }
    }

    private static boolean isReachable(DomainUser user) {
        return ((ProbedDevice<?>) user.device()).features().canBeInvalidated();
    }
}
