package dev.hitless.iommu.qemu.qtest;

/** The programs that emulate a machine, one for each kind of processor. */
public enum QemuProgram {
    /** A PC. */
    X86("qemu-system-x86_64", "qemu-system-x86"),
    /** A 64-bit Arm machine. */
    ARM("qemu-system-aarch64", "qemu-system-arm");

    private final String executable;
    private final String debianPackage;

    QemuProgram(String executable, String debianPackage) {
        this.executable = executable;
        this.debianPackage = debianPackage;
    }

    /** What is started; looked for in {@code PATH}. */
    public String executable() {
        return executable;
    }

    /** What to install. */
    String remedy() {
        return "install QEMU " + QemuVersion.OLDEST.major() + "." + QemuVersion.OLDEST.minor()
                + " or newer (Debian, Ubuntu: apt-get install --no-install-recommends " + debianPackage + ")";
    }
}
