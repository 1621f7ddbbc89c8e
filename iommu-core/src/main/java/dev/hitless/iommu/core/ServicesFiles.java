package dev.hitless.iommu.core;

import dev.hitless.iommu.api.IommuDriverProvider;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.URL;
import java.net.URLConnection;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the services files name, and where. {@link java.util.ServiceLoader} reads them itself, but its errors tell little
 * about where a broken provider came from, and the linkage errors that it lets through do not even name the provider.
 * It tries the names in this order, so a failure without a name belongs to the first one not accounted for.
 */
final class ServicesFiles {
    static final String PATH = "META-INF/services/" + IommuDriverProvider.class.getName();

    /** Location by class name, in the order of the loader; what is accounted for is taken out. */
    private final Map<String, String> locations = new LinkedHashMap<>();

    ServicesFiles(ClassLoader loader) {
        try {
            for (URL file : Collections.list(loader.getResources(PATH))) {
                read(file);
            }
        } catch (IOException failure) {
            throw new UncheckedIOException("services files named " + PATH + " cannot be listed", failure);
        }
    }

    private void read(URL file) {
        List<String> names = new ArrayList<>();
        try {
            URLConnection connection = file.openConnection();
            connection.setUseCaches(false);
            try (BufferedReader lines =
                    new BufferedReader(new InputStreamReader(connection.getInputStream(), StandardCharsets.UTF_8))) {
                for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                    int comment = line.indexOf('#');
                    String name = (comment < 0 ? line : line.substring(0, comment)).strip();
                    if (!name.codePoints().allMatch(ServicesFiles::mayBeInClassName)) {
                        return; // ServiceLoader gives up the whole file, and says where it is.
                    }
                    if (!name.isEmpty()) {
                        names.add(name);
                    }
                }
            }
        } catch (IOException unreadable) {
            return; // ServiceLoader meets the same and reports it.
        }
        names.forEach(name -> locations.putIfAbsent(name, CodeLocation.readable(file.toString())));
    }

    private static boolean mayBeInClassName(int codePoint) {
        return codePoint == '.' || Character.isJavaIdentifierPart(codePoint);
    }

    /** {@code className} was met; its location, if a services file names it. */
    @Nullable
    String account(String className) {
        return locations.remove(className);
    }

    /** The first name that was not met yet. */
    @Nullable
    String firstMissing() {
        return locations.isEmpty() ? null : locations.keySet().iterator().next();
    }

    /** The name in {@code message} that was not met yet. */
    @Nullable
    String mentioned(String message) {
        return locations.keySet().stream()
                .filter(name -> List.of(message.split("[^\\w.$]+")).contains(name))
                .findFirst()
                .orElse(null);
    }
}
