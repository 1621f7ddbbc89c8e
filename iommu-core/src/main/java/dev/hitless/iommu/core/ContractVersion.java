package dev.hitless.iommu.core;

import dev.hitless.iommu.api.IommuApi;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Compares the contract that a driver was built against with the core's own. */
record ContractVersion(int major, int minor) {
    private static final Pattern FORM = Pattern.compile("(\\d{1,6})\\.(\\d{1,6})");

    /** Whether a driver built against {@code theirs} works with this core: same major, minor not above ours. */
    static boolean fits(String theirs) {
        return fits(theirs, IommuApi.VERSION);
    }

    static boolean fits(String theirs, String ours) {
        Matcher form = FORM.matcher(theirs);
        if (!form.matches()) {
            return false;
        }
        ContractVersion driver = parse(form);
        Matcher own = FORM.matcher(ours);
        if (!own.matches()) {
            throw new IllegalArgumentException("\"" + ours + "\" is not major.minor");
        }
        ContractVersion core = parse(own);
        return driver.major == core.major && driver.minor <= core.minor;
    }

    private static ContractVersion parse(Matcher form) {
        return new ContractVersion(Integer.parseInt(form.group(1)), Integer.parseInt(form.group(2)));
    }
}
