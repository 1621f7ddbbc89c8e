package dev.hitless.iommu.core;

import dev.hitless.iommu.api.IommuDevice;
import java.util.List;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Validate;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Devices come and go, in several threads, while the fault path and those who are about to attach look for them. */
public class DeviceRegistryLincheckTest {
    private static final int ONE = 1;
    private static final int TWO = 2;

    private final GenerationsDriver driver = new GenerationsDriver();
    private final JvmLocks locks = new JvmLocks();
    private final DeviceRegistry registry = new DeviceRegistry();
    private final GroupDevices devices = new GroupDevices(
            registry,
            new DomainSwitch(message -> {}),
            new PageRequests(
                    registry,
                    message -> {},
                    locks.create("core.page-requests", "all"),
                    locks.create("core.page-responses", "all")));
    private final IommuGroup group = group("first");

    /** Lincheck makes one for each schedule. */
    public DeviceRegistryLincheckTest() {
        registry.add(group);
    }

    private IommuGroup group(String name) {
        return new IommuGroup(name, driver, driver.blockedDomain(), locks.create("core.group", name));
    }

    @Operation
    public void addOne() {
        devices.add(group, GenerationsDriver.description(ONE));
    }

    @Operation
    public void addTwo() {
        devices.add(group, GenerationsDriver.description(TWO));
    }

    /** A group is made, and the device comes into that one. */
    @Operation
    public void addOneToNewGroup() {
        addToNewGroup(ONE);
    }

    /** A group is made, and the device comes into that one. */
    @Operation
    public void addTwoToNewGroup() {
        addToNewGroup(TWO);
    }

    private void addToNewGroup(int requesterId) {
        IommuGroup made = group("of " + requesterId);
        registry.add(made);
        devices.add(made, GenerationsDriver.description(requesterId));
    }

    @Operation
    public String removeOne() {
        return Outcome.of(() -> devices.remove(device(ONE)));
    }

    /** As the fault path looks. */
    @Operation
    public boolean findsOne() {
        return registry.findByRequester(driver, ONE) != null;
    }

    /** As the fault path looks. */
    @Operation
    public boolean findsTwo() {
        return registry.findByRequester(driver, TWO) != null;
    }

    /** As those look who are about to attach. */
    @Operation
    public boolean oneHasGroup() {
        return registry.groupOf(device(ONE)) != null;
    }

    private IommuDevice device(int requesterId) {
        return driver.probe(GenerationsDriver.description(requesterId));
    }

    /** Both ways of looking come to the same when nobody is at it. */
    @Validate
    public void foundBothWaysOrNeither() {
        for (int requester : new int[] {ONE, TWO}) {
            boolean found = registry.findByRequester(driver, requester) != null;
            boolean hasGroup = registry.groupOf(device(requester)) != null;
            if (found != hasGroup) {
                throw new IllegalStateException("device " + requester
                        + (found ? " is found, but in no group" : " has a group, but is not found"));
            }
        }
    }

    @Test
    @DisplayName(
            "a device is found by its requester id from when it was added until it was removed, whoever else comes")
    void foundByRequester() {
        CoreUnderLincheck.check(
                DeviceRegistryLincheckTest.class,
                Specification.class,
                List.of("addOne", "findsTwo", "removeOne"),
                List.of("addTwo", "findsOne", "findsTwo"));
    }

    @Test
    @DisplayName("a device of a group that is made while another one is is found, and so is the other's")
    void foundInAnyGroup() {
        CoreUnderLincheck.check(
                DeviceRegistryLincheckTest.class,
                Specification.class,
                List.of("addTwoToNewGroup", "findsOne"),
                List.of("addOneToNewGroup", "findsTwo"));
    }

    @Test
    @DisplayName("a device has a group from when it was added until it was removed, and is removed once")
    void removedOnce() {
        CoreUnderLincheck.check(
                DeviceRegistryLincheckTest.class,
                Specification.class,
                List.of("addOne", "removeOne"),
                List.of("removeOne", "oneHasGroup"));
    }

    /** One after the other. */
    public static class Specification {
        private boolean one;
        private boolean two;

        public void addOne() {
            one = true;
        }

        public void addTwo() {
            two = true;
        }

        public void addOneToNewGroup() {
            one = true;
        }

        public void addTwoToNewGroup() {
            two = true;
        }

        public String removeOne() {
            boolean there = one;
            one = false;
            return there ? "OK" : "ENODEV";
        }

        public boolean findsOne() {
            return one;
        }

        public boolean findsTwo() {
            return two;
        }

        public boolean oneHasGroup() {
            return one;
        }
    }
}
