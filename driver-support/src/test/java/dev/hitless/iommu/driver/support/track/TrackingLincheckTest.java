package dev.hitless.iommu.driver.support.track;

import dev.hitless.iommu.api.DomainType;
import dev.hitless.iommu.api.IommuDevice;
import dev.hitless.iommu.api.IommuDomain;
import dev.hitless.iommu.api.IommuDriver;
import dev.hitless.iommu.api.Pasid;
import dev.hitless.iommu.driver.support.NamedDevice;
import dev.hitless.iommu.driver.support.UnderLincheck;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.jetbrains.lincheck.datastructures.Operation;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What is attached and who uses a domain, written by some threads and read by others. */
public class TrackingLincheckTest {
    private static final Pasid PASID = Pasid.of(5);
    private static final Pasid NEIGHBOUR = Pasid.of(6);

    private final IommuDevice device = new NamedDevice("nic");
    private final IommuDomain blocked = new Domain("blocked");
    private final IommuDomain domain = new Domain("domain");
    private final AttachmentTable attachments = new AttachmentTable("nic", blocked, UnderLincheck.lock());
    private final DomainUsers users = new DomainUsers("domain", UnderLincheck.lock());

    @Operation
    public void record() {
        attachments.record(PASID, domain);
    }

    @Operation
    public void recordNeighbour() {
        attachments.record(NEIGHBOUR, domain);
    }

    @Operation
    public void fence() {
        attachments.fence(PASID);
    }

    @Operation
    public String current() {
        return attachments.current(PASID).name();
    }

    @Operation
    public int pasidsInUse() {
        return attachments.pasidsInUse();
    }

    @Operation
    public int recorded() {
        return attachments.snapshot().size();
    }

    @Operation
    public void join() {
        users.join(device, PASID);
    }

    @Operation
    public void joinNeighbour() {
        users.join(device, NEIGHBOUR);
    }

    /** False when it has not joined. */
    @Operation
    public boolean leave() {
        try {
            users.leave(device, PASID);
            return true;
        } catch (IllegalStateException hasNotJoined) {
            return false;
        }
    }

    /** How many an unmap tells. */
    @Operation
    public int told() {
        AtomicInteger told = new AtomicInteger();
        users.with(who -> told.set(who.size()));
        return told.get();
    }

    @Operation
    public boolean isEmpty() {
        return users.isEmpty();
    }

    @Test
    @DisplayName("what is recorded of one PASID is not lost because of another, and what is read was recorded")
    void attachments() {
        UnderLincheck.check(
                TrackingLincheckTest.class,
                Specification.class,
                List.of("record", "pasidsInUse", "fence"),
                List.of("recordNeighbour", "current", "recorded"));
    }

    @Test
    @DisplayName("who has joined a domain and not left it is told, and nobody else")
    void users() {
        UnderLincheck.check(
                TrackingLincheckTest.class,
                Specification.class,
                List.of("join", "told", "leave"),
                List.of("joinNeighbour", "leave", "told"));
    }

    /** One after the other. */
    public static class Specification {
        private boolean recorded;
        private boolean neighbourRecorded;
        private int joined;
        private boolean neighbourJoined;

        public void record() {
            recorded = true;
        }

        public void recordNeighbour() {
            neighbourRecorded = true;
        }

        public void fence() {
            recorded = false;
        }

        public String current() {
            return recorded ? "domain" : "blocked";
        }

        public int pasidsInUse() {
            return recorded();
        }

        public int recorded() {
            return (recorded ? 1 : 0) + (neighbourRecorded ? 1 : 0);
        }

        public void join() {
            joined++;
        }

        public void joinNeighbour() {
            neighbourJoined = true;
        }

        public boolean leave() {
            if (joined == 0) {
                return false;
            }
            joined--;
            return true;
        }

        public int told() {
            return (joined > 0 ? 1 : 0) + (neighbourJoined ? 1 : 0);
        }

        public boolean isEmpty() {
            return told() == 0;
        }
    }

    private record Domain(String name) implements IommuDomain {
        @Override
        public DomainType type() {
            return DomainType.PAGING;
        }

        @Override
        public IommuDriver driver() {
            throw new AssertionError("nobody asks");
        }

        @Override
        public String matrixName() {
            return name;
        }

        @Override
        public void setDevPasid(IommuDevice device, Pasid pasid, IommuDomain old) {
            throw new AssertionError("nobody asks");
        }

        @Override
        public void free() {
            throw new AssertionError("nobody asks");
        }
    }
}
