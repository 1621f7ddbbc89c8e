package dev.hitless.iommu.driver.support.device;

import dev.hitless.iommu.api.IommuException;
import dev.hitless.iommu.driver.support.track.DomainUser;
import java.util.List;
import java.util.function.Consumer;

/** Which devices can be told to forget translations. */
public final class DeviceCaches {
    private static final int ATTEMPTS = 3;

    private DeviceCaches() {}

    /**
     * Has {@code invalidation} carried out for those of {@code users} whose devices keep translations: ATS on, and still
     * there. A device that goes away meanwhile has nothing cached any more and is left out in another attempt; all others
     * have to answer.
     *
     * <p>Each attempt looks anew who is there: nothing is sent again to a device that has just gone.
     *
     * @param users of devices that are {@link ProbedDevice}s
     * @param invalidation sends the commands and waits for them, once; may be called several times
     * @throws IommuException what {@code invalidation} threw, with all devices still there
     */
    public static void forget(List<DomainUser> users, Consumer<List<DomainUser>> invalidation) {
        forgetWith(users, reachable -> {
            if (!reachable.isEmpty()) {
                invalidation.accept(reachable);
            }
        });
    }

    /**
     * As {@link #forget}, of commands among which there are some for the IOMMU itself too: they are sent even if no device is
     * left to be told.
     */
    public static void forgetWith(List<DomainUser> users, Consumer<List<DomainUser>> invalidation) {
        List<DomainUser> reachable = reachable(users);
        int attempts = 0;
        while (true) {
            try {
                invalidation.accept(reachable);
                return;
            } catch (IommuException e) {
                List<DomainUser> left = reachable(reachable);
                attempts = left.size() == reachable.size() ? attempts + 1 : 0;
                if (attempts == ATTEMPTS) {
                    throw e;
                }
                reachable = left;
            }
        }
    }

    private static List<DomainUser> reachable(List<DomainUser> users) {
        return users.stream().filter(DeviceCaches::isReachable).toList();
    }

    private static boolean isReachable(DomainUser user) {
        return ((ProbedDevice<?>) user.device()).features().canBeInvalidated();
    }
}
