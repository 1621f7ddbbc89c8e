package dev.hitless.iommu.cli;

import com.google.gson.stream.JsonWriter;
import dev.hitless.iommu.core.AttachmentSnapshot;
import dev.hitless.iommu.core.DeviceSnapshot;
import dev.hitless.iommu.core.GroupSnapshot;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** What a core has attached where, for people and for programs. */
final class StateText {
    private StateText() {}

    /** A table of devices and one of attachments. */
    static void print(Screen screen, List<GroupSnapshot> groups) {
        Table devices = new Table(screen)
                .text("GROUP", 10)
                .text("DEVICE", 12)
                .text("PASIDS", 10)
                .rest("STATE");
        Table attachments = new Table(screen)
                .text("GROUP", 10)
                .text("BEHIND", 12)
                .text("DOMAIN", 24)
                .text("TYPE", 8)
                .rest("HANDLE");
        for (GroupSnapshot group : groups) {
            for (DeviceSnapshot device : group.devices()) {
                devices.row(cells(group.name(), device.name(), range(device), state(device)));
            }
            for (AttachmentSnapshot attachment : attachments(group)) {
                String handle = attachment.handle();
                attachments.row(cells(
                        group.name(),
                        attachment.pasid().toString(),
                        attachment.domain(),
                        type(attachment),
                        handle == null ? "-" : handle));
            }
        }
        devices.print();
        screen.line();
        attachments.print();
        screen.line();
        for (GroupSnapshot group : groups) {
            String owner = group.ownership().owner();
            int users = group.ownership().users();
            screen.line("  " + group.name() + ": "
                    + (owner == null ? "no owner" : "owned by " + owner) + ", "
                    + users + (users == 1 ? " user" : " users"));
        }
    }

    private static List<Table.Cell> cells(String... texts) {
        List<Table.Cell> cells = new ArrayList<>();
        for (String text : texts) {
            cells.add(Table.Cell.plain(text));
        }
        return cells;
    }

    private static List<AttachmentSnapshot> attachments(GroupSnapshot group) {
        List<AttachmentSnapshot> all = new ArrayList<>();
        all.add(group.withoutPasid());
        all.addAll(group.pasids());
        return all;
    }

    private static String range(DeviceSnapshot device) {
        return device.maxPasids() == 0 ? "none" : "1..0x" + Integer.toHexString(device.maxPasids() - 1);
    }

    private static String state(DeviceSnapshot device) {
        String deviations = device.deviations().stream()
                .map(deviation -> deviation.pasid() + " on " + deviation.domain())
                .collect(Collectors.joining(", "));
        String state = device.recovering() ? "being reset" : "as attached";
        return deviations.isEmpty() ? state : (device.recovering() ? state : "differs") + ": " + deviations;
    }

    private static String type(AttachmentSnapshot attachment) {
        return attachment.type().name().toLowerCase(Locale.ROOT);
    }

    /** The same as a JSON array. */
    static void write(JsonWriter json, List<GroupSnapshot> groups) throws IOException {
        json.beginArray();
        for (GroupSnapshot group : groups) {
            json.beginObject();
            json.name("name").value(group.name());
            json.name("owner").value(group.ownership().owner());
            json.name("users").value(group.ownership().users());
            json.name("devices").beginArray();
            for (DeviceSnapshot device : group.devices()) {
                json.beginObject();
                json.name("name").value(device.name());
                json.name("maxPasids").value(device.maxPasids());
                json.name("recovering").value(device.recovering());
                attachments(json, "deviations", device.deviations());
                json.endObject();
            }
            json.endArray();
            attachments(json, "attachments", attachments(group));
            json.endObject();
        }
        json.endArray();
    }

    private static void attachments(JsonWriter json, String name, List<AttachmentSnapshot> attachments)
            throws IOException {
        json.name(name).beginArray();
        for (AttachmentSnapshot attachment : attachments) {
            json.beginObject();
            json.name("pasid")
                    .value(
                            attachment.pasid().isNone()
                                    ? "none"
                                    : "0x"
                                            + Integer.toHexString(
                                                    attachment.pasid().value()));
            json.name("domain").value(attachment.domain());
            json.name("type").value(type(attachment));
            json.name("handle").value(attachment.handle());
            json.endObject();
        }
        json.endArray();
    }
}
