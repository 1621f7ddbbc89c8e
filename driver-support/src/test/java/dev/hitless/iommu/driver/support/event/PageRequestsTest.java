package dev.hitless.iommu.driver.support.event;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.ArgumentMatchers.contains;
import static org.mockito.Mockito.doAnswer;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.never;
import static org.mockito.Mockito.verify;

import dev.hitless.iommu.api.Errno;
import dev.hitless.iommu.api.IommuException;
import dev.hitless.iommu.api.PageRequest;
import dev.hitless.iommu.api.PageResponse;
import dev.hitless.iommu.api.Pasid;
import dev.hitless.iommu.api.platform.EventSink;
import dev.hitless.iommu.driver.support.FakeLock;
import dev.hitless.iommu.driver.support.queue.CommandRejectedException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class PageRequestsTest {
    private static final int NIC = 0x100;
    private static final Pasid PASID = Pasid.of(5);

    private final List<PageRequest> arrived = new ArrayList<>();
    private final List<PageResponse> answered = new ArrayList<>();
    private final EventSink events = mock(EventSink.class);
    private final FakeLock handover = new FakeLock();
    private boolean lost;
    private @Nullable IommuException failure;
    private final PageRequests requests = new PageRequests(
            new PageRequestPort() {
                @Override
                public boolean takeAll(Consumer<PageRequest> receiver) {
                    arrived.forEach(receiver);
                    arrived.clear();
                    return lost;
                }

                @Override
                public void answer(PageResponse response) {
                    if (failure != null) {
                        throw failure;
                    }
                    answered.add(response);
                }
            },
            "log",
            events,
            new FakeLock(),
            handover);

    private static PageRequest request(int group, boolean last) {
        return new PageRequest(NIC, PASID, group, last, 0x5000, true, false);
    }

    private static PageResponse response(int group) {
        return new PageResponse(NIC, PASID, group, PageResponse.Code.SUCCESS);
    }

    private void refuses(int group) {
        assertThatThrownBy(() -> requests.respond(response(group), true))
                .isInstanceOfSatisfying(
                        IommuException.class, e -> assertThat(e.errno()).isEqualTo(Errno.ENOENT));
    }

    @Test
    void aGroupIsAnsweredOnceAndOnlyWhenAllOfItHasArrived() {
        arrived.add(request(1, false));
        assertThat(requests.service()).isFalse();
        refuses(1);
        arrived.add(request(1, true));
        requests.service();
        requests.respond(response(1), true);
        refuses(1);
        assertThat(answered).containsExactly(response(1));
    }

    @Test
    void theReceiverMayAnswerAtOnce() {
        doAnswer(call -> {
                    requests.respond(response(1), true);
                    return null;
                })
                .when(events)
                .pageRequest(any());
        arrived.add(request(1, true));
        requests.service();
        assertThat(answered).hasSize(1);
    }

    @Test
    void aDeviceThatIsGoneIsNotAnswered() {
        arrived.add(request(1, true));
        arrived.add(request(2, true));
        requests.service();
        requests.respond(response(1), false);
        assertThat(answered).isEmpty();
        requests.forget(List.of(NIC));
        refuses(2);
    }

    @Test
    void aGroupWhoseAnswerWasRejectedWaitsForAnother() {
        arrived.add(request(1, true));
        requests.service();
        CommandRejectedException rejected = new CommandRejectedException("rejected");
        failure = rejected;
        assertThatThrownBy(() -> requests.respond(response(1), true)).isSameAs(rejected);

        failure = null;
        requests.respond(response(1), true);
        assertThat(answered).containsExactly(response(1));
    }

    /** The device may have the answer, and use the index for another group. */
    @Test
    void aGroupThatMayHaveItsAnswerGetsNoOther() {
        arrived.add(request(1, true));
        requests.service();
        failure = new IommuException(Errno.EIO, "the fence was rejected");
        assertThatThrownBy(() -> requests.respond(response(1), true))
                .isInstanceOfSatisfying(
                        IommuException.class, e -> assertThat(e.errno()).isEqualTo(Errno.ETIMEDOUT))
                .hasMessageContaining("the fence was rejected");

        failure = null;
        refuses(1);
        assertThat(answered).isEmpty();
    }

    @Test
    void lostRequestsAreWarnedOf() {
        requests.service();
        verify(events, never()).warning(any());
        lost = true;
        assertThat(requests.service()).isTrue();
        verify(events).warning(contains("the log was full"));
    }

    /** Else a thread that drains could return while another still carries a request to the receiver. */
    @Test
    void whoDrainsWaitsForThoseWhoCarryRequestsToTheReceiver() {
        doAnswer(call -> {
                    assertThat(handover.isHeld()).isTrue();
                    return null;
                })
                .when(events)
                .pageRequest(any());
        arrived.add(request(1, true));
        requests.service();
        assertThat(handover.isHeld()).isFalse();
        verify(events).pageRequest(any());
    }
}
