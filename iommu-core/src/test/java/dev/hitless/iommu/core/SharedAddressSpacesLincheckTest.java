package dev.hitless.iommu.core;

import dev.hitless.iommu.api.AddressSpace;
import dev.hitless.iommu.api.AddressSpaceListener;
import java.util.List;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Validate;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Several threads use one address space on one device for a while. */
public class SharedAddressSpacesLincheckTest {
    private final CoreUnderLincheck parts = new CoreUnderLincheck();
    private final AddressSpace space = new Space();

    /** Binds and unbinds. Returns the PASID: as nobody else is about, the first one, whoever else has it at that time. */
    @Operation
    public int use() {
        SvaBond bond = parts.core.bindSva(parts.device, space, null);
        int pasid = bond.pasid().value();
        parts.core.unbindSva(bond);
        return pasid;
    }

    /** The last one to go takes the domain along. */
    @Validate
    public void nothingIsLeft() {
        if (parts.driver.living.get() != 0 || parts.driver.inForce.get() != 0) {
            throw new IllegalStateException(
                    parts.driver.living.get() + " domains are left, in force is " + parts.driver.inForce.get());
        }
    }

    @Test
    @DisplayName("bonds are counted: all users share one PASID and one domain, and the last takes them along")
    void counted() {
        CoreUnderLincheck.check(
                SharedAddressSpacesLincheckTest.class, Specification.class, List.of("use"), List.of("use"));
    }

    /** One after the other. */
    public static class Specification {
        public int use() {
            return 1;
        }
    }

    private static final class Space implements AddressSpace {
        @Override
        public String name() {
            return "space";
        }

        @Override
        public long rootAddress() {
            return 0;
        }

        @Override
        public int levels() {
            return 4;
        }

        @Override
        public int addressBits() {
            return 48;
        }

        @Override
        public void addListener(AddressSpaceListener listener) {}

        @Override
        public void removeListener(AddressSpaceListener listener) {}
    }
}
