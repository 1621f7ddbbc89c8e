package dev.hitless.iommu.core;

import static dev.hitless.iommu.core.CoreFixture.PASID;
import static dev.hitless.iommu.core.CoreFixture.handle;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hitless.iommu.api.DomainType;
import dev.hitless.iommu.api.Errno;
import dev.hitless.iommu.api.IommuDevice;
import dev.hitless.iommu.api.IommuException;
import dev.hitless.iommu.api.PageRequest;
import dev.hitless.iommu.api.PageResponse;
import dev.hitless.iommu.api.PageResponse.Code;
import dev.hitless.iommu.api.Pasid;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Page requests find one handle and get one answer, replace or not (rule CORE-09). */
class PageRequestsTest {
    private final CoreFixture fixture = new CoreFixture();
    private final IommuCore core = fixture.core;
    private final RecordingDriver driver = fixture.driver;
    private final IommuDevice device = fixture.device("a", 8);
    private final List<PageRequestGroup> toFirst = new ArrayList<>();
    private final List<PageRequestGroup> toSecond = new ArrayList<>();
    private final AttachHandle first = new AttachHandle("first", toFirst::add);
    private final AttachHandle second = new AttachHandle("second", toSecond::add);

    private PageRequest request(Pasid pasid, int group, boolean last) {
        return new PageRequest(device.description().primaryRequesterId(), pasid, group, last, 0x1000, true, false);
    }

    private PageResponse response(Pasid pasid, int group, Code code) {
        return new PageResponse(device.description().primaryRequesterId(), pasid, group, code);
    }

    private void report(int group) {
        core.reportPageRequest(driver, request(PASID, group, true));
    }

    @Test
    void theHandlerOfTheAttachmentGetsTheWholeGroupAndItsAnswerReachesTheDriver() {
        core.attachDevicePasid(fixture.one, device, PASID, first);
        core.reportPageRequest(driver, request(PASID, 1, false));
        core.reportPageRequest(driver, request(PASID, 2, true));
        core.reportPageRequest(driver, request(PASID, 1, true));
        core.serviceEvents();

        assertThat(toFirst).hasSize(2);
        assertThat(toFirst.get(1).requests()).hasSize(2);
        assertThat(driver.responses).isEmpty();
        assertThat(toFirst.get(1).answer(Code.SUCCESS)).isTrue();
        assertThat(toFirst.get(1).answer(Code.FAILURE)).isFalse();
        assertThat(driver.responses).containsExactly(response(PASID, 1, Code.SUCCESS));
    }

    @Test
    void whatTheHardwareRejectedCanBeAnsweredAgainAndIsAnsweredAtTheEndOfTheAttachment() {
        core.attachDevicePasid(fixture.one, device, PASID, first);
        report(1);
        report(2);
        core.serviceEvents();
        driverFails(Errno.EIO);
        refused(Errno.EIO, toFirst.get(0));
        refused(Errno.EIO, toFirst.get(1));
        driver.duringRespond = () -> {};

        assertThat(toFirst.get(0).isAnswered()).isFalse();
        assertThat(toFirst.get(0).answer(Code.SUCCESS)).isTrue();
        core.detachDevicePasid(fixture.one, device, PASID);

        assertThat(driver.responses)
                .containsExactly(response(PASID, 1, Code.SUCCESS), response(PASID, 2, Code.INVALID));
    }

    @Test
    void whatMayHaveReachedTheDeviceIsNotSentAgain() {
        core.attachDevicePasid(fixture.one, device, PASID, first);
        report(1);
        core.serviceEvents();
        driverFails(Errno.ETIMEDOUT);
        refused(Errno.ETIMEDOUT, toFirst.get(0));
        driver.duringRespond = () -> {};

        assertThat(toFirst.get(0).isAnswered()).isTrue();
        assertThat(toFirst.get(0).answer(Code.SUCCESS)).isFalse();
        core.detachDevicePasid(fixture.one, device, PASID);

        assertThat(driver.responses).isEmpty();
    }

    private void driverFails(Errno errno) {
        driver.duringRespond = () -> {
            throw new IommuException(errno, "injected");
        };
    }

    private static void refused(Errno errno, PageRequestGroup group) {
        assertThatThrownBy(() -> group.answer(Code.SUCCESS))
                .isInstanceOfSatisfying(
                        IommuException.class, e -> assertThat(e.errno()).isEqualTo(errno));
    }

    @Test
    void driversReportFromWithinTheirEventService() {
        core.attachDevicePasid(fixture.one, device, PASID, first);
        driver.duringServiceEvents = () -> report(1);

        core.serviceEvents();

        assertThat(toFirst).hasSize(1);
    }

    @Test
    void nothingAttachedOrNoHandleOrNoHandlerMeansInvalid() {
        report(1);
        core.attachDevicePasid(fixture.one, device, PASID, null);
        report(2);
        core.detachDevicePasid(fixture.one, device, PASID);
        core.attachDevicePasid(fixture.one, device, PASID, handle());
        report(3);
        core.serviceEvents();

        assertThat(driver.responses)
                .containsExactly(
                        response(PASID, 1, Code.INVALID),
                        response(PASID, 2, Code.INVALID),
                        response(PASID, 3, Code.INVALID));
    }

    @Test
    void whatCameForTheOldHandleIsAnsweredInvalidByTheReplace() {
        core.attachDevicePasid(fixture.one, device, PASID, first);
        report(1);
        core.serviceEvents();
        report(2);

        core.replaceDevicePasid(fixture.two, device, PASID, second);
        assertThat(driver.responses)
                .containsExactly(response(PASID, 1, Code.INVALID), response(PASID, 2, Code.INVALID));
        report(3);
        core.serviceEvents();

        assertThat(toFirst).hasSize(1);
        assertThat(toFirst.get(0).answer(Code.SUCCESS)).isFalse();
        assertThat(toSecond).hasSize(1);
        assertThat(driver.responses).hasSize(2);
    }

    @Test
    void aReplaceAnswersNothingOfOtherAttachments() {
        Pasid other = Pasid.of(6);
        core.attachDevicePasid(fixture.one, device, PASID, handle());
        core.attachDevicePasid(fixture.one, device, other, first);
        core.reportPageRequest(driver, request(other, 1, true));

        core.replaceDevicePasid(fixture.two, device, PASID, second);
        core.serviceEvents();

        assertThat(driver.responses).isEmpty();
        assertThat(toFirst).hasSize(1);
    }

    @Test
    void whatIsDrainedDuringTheReplaceBelongsToTheOldHandle() {
        core.attachDevicePasid(fixture.one, device, PASID, first);
        driver.duringSet = () -> report(1);

        core.replaceDevicePasid(fixture.two, device, PASID, second);
        core.serviceEvents();

        assertThat(toFirst).isEmpty();
        assertThat(toSecond).isEmpty();
        assertThat(driver.responses).containsExactly(response(PASID, 1, Code.INVALID));
    }

    @Test
    void aReplaceThatFailsLeavesRequestsWithTheOldHandle() {
        core.attachDevicePasid(fixture.one, device, PASID, first);
        report(1);
        driver.fail(device, fixture.two, Errno.ENOSPC);
        try {
            core.replaceDevicePasid(fixture.two, device, PASID, second);
        } catch (IommuException expected) {
            assertThat(expected.errno()).isEqualTo(Errno.ENOSPC);
        }
        core.serviceEvents();

        assertThat(driver.responses).isEmpty();
        assertThat(toFirst).hasSize(1);
    }

    @Test
    void aDetachAnswersWhatIsLeft() {
        core.attachDevicePasid(fixture.one, device, PASID, first);
        report(1);

        core.detachDevicePasid(fixture.one, device, PASID);

        assertThat(driver.responses).containsExactly(response(PASID, 1, Code.INVALID));
    }

    @Test
    void aHandlerThatRefusesMeansFailure() {
        AttachHandle refusing = new AttachHandle("refusing", group -> {
            throw new IommuException(Errno.ENOMEM, "no memory");
        });
        core.attachDevicePasid(fixture.one, device, PASID, refusing);
        report(1);
        core.serviceEvents();

        assertThat(driver.responses).containsExactly(response(PASID, 1, Code.FAILURE));
    }

    @Test
    void requestsWithoutPasidGoToTheGroupsHandle() {
        core.attachGroupHandle(fixture.one, fixture.group, first);
        core.reportPageRequest(driver, request(Pasid.NONE, 1, true));
        core.serviceEvents();

        assertThat(toFirst).hasSize(1);
    }

    @Test
    void aGuestsPasidsGoToItsNestedDomainAndToNoOther() {
        core.attachGroupHandle(fixture.one, fixture.group, first);
        report(1);
        core.replaceGroupHandle(driver.domain("guest", DomainType.NESTED), fixture.group, second);
        report(2);
        core.serviceEvents();

        assertThat(toFirst).isEmpty();
        assertThat(toSecond).hasSize(1);
        assertThat(driver.responses).containsExactly(response(PASID, 1, Code.INVALID));
    }

    @Test
    void aDeviceThatCannotAskIsWarnedAbout() {
        IommuGroup group = core.createGroup("simple");
        IommuDevice simple = core.addDevice(group, fixture.description("simple", 8, false));
        core.attachDevicePasid(fixture.one, simple, PASID, first);
        core.reportPageRequest(
                driver,
                new PageRequest(simple.description().primaryRequesterId(), PASID, 1, true, 0x1000, true, false));
        core.serviceEvents();

        assertThat(toFirst).isEmpty();
        assertThat(fixture.warnings).hasSize(1);
        assertThat(driver.responses).extracting(PageResponse::code).containsExactly(Code.INVALID);
    }

    @Test
    void aDeviceThatLeavesGetsItsAnswers() {
        core.attachGroupHandle(fixture.one, fixture.group, first);
        core.reportPageRequest(driver, request(Pasid.NONE, 1, true));
        core.reportPageRequest(driver, request(Pasid.NONE, 2, false));

        core.removeDevice(device);
        core.serviceEvents();

        assertThat(toFirst).isEmpty();
        assertThat(driver.responses).containsExactly(response(Pasid.NONE, 1, Code.INVALID));
    }

    @Test
    void whatADriverFindsWhileItLetsADeviceGoIsDropped() {
        core.attachGroupHandle(fixture.one, fixture.group, first);
        driver.duringRelease = () -> {
            core.reportPageRequest(driver, request(Pasid.NONE, 1, true));
            core.reportPageRequest(driver, request(Pasid.NONE, 2, false));
        };

        core.removeDevice(device);
        core.serviceEvents();
        core.addDevice(fixture.group, device.description());
        core.reportPageRequest(driver, request(Pasid.NONE, 2, true));
        core.serviceEvents();

        assertThat(driver.responses).isEmpty();
        assertThat(toFirst).singleElement().satisfies(group -> assertThat(group.requests())
                .hasSize(1));
    }

    @Test
    void aPasidThatTheHostAttachedWithoutHandleIsNotTheGuests() {
        core.attachGroupHandle(driver.domain("guest", DomainType.NESTED), fixture.group, second);
        core.attachDevicePasid(fixture.one, device, PASID, null);
        report(1);
        core.serviceEvents();

        assertThat(toSecond).isEmpty();
        assertThat(driver.responses).containsExactly(response(PASID, 1, Code.INVALID));
    }

    @Test
    void halfAGroupOfADeviceThatLeftIsForgotten() {
        core.attachGroupHandle(fixture.one, fixture.group, first);
        core.reportPageRequest(driver, request(Pasid.NONE, 2, false));
        core.removeDevice(device);
        core.addDevice(fixture.group, device.description());

        core.reportPageRequest(driver, request(Pasid.NONE, 2, true));
        core.serviceEvents();

        assertThat(toFirst).singleElement().satisfies(group -> assertThat(group.requests())
                .hasSize(1));
    }
}
