package dev.hitless.iommu.core;

import static dev.hitless.iommu.core.CoreUnderLincheck.PASID;

import java.util.List;
import java.util.Objects;
import org.jetbrains.lincheck.datastructures.Operation;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** The fault path, which takes no mutex, beside replacements. Public, with a public constructor, since Lincheck asks for it. */
public class PublicationLincheckTest {
    private final CoreUnderLincheck parts = new CoreUnderLincheck();

    /** Lincheck makes one for each schedule. */
    public PublicationLincheckTest() {
        parts.core.attachDevicePasid(parts.driver.newDomain(), parts.device, PASID, new AttachHandle("first"));
    }

    /** Each by a domain with a higher number; one at a time, so that the numbers in force only grow. */
    @Operation(nonParallelGroup = "replacements")
    public String replace() {
        return Outcome.of(() ->
                parts.core.replaceDevicePasid(parts.driver.newDomain(), parts.device, PASID, new AttachHandle("next")));
    }

    /** Whether a fault finds a handle of a domain that hardware does not use yet. */
    @Operation
    public boolean findsWhatIsNotInForce() {
        AttachHandle handle = parts.core.attachHandleGet(parts.group, PASID, null);
        int published = ((GenerationsDriver.Numbered) Objects.requireNonNull(handle.domain())).number;
        return published > parts.driver.inForce.get();
    }

    @Test
    @DisplayName("a handle is found no sooner than its domain is in force, and always one is found")
    void publishedAfterTheDriver() {
        CoreUnderLincheck.check(
                PublicationLincheckTest.class,
                Specification.class,
                List.of("replace", "replace"),
                List.of("findsWhatIsNotInForce", "findsWhatIsNotInForce"));
    }

    /** One after the other. */
    public static class Specification {
        public String replace() {
            return "OK";
        }

        public boolean findsWhatIsNotInForce() {
            return false;
        }
    }
}
