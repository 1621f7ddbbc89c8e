package dev.hitless.iommu.api;

/**
 * A translation that can be put behind the requests of a device, with or without PASID. Made by the driver whose
 * hardware understands it.
 */
public interface IommuDomain {
    /** What kind of translation this is. */
    DomainType type();

    /**
     * The driver that made this domain. The core refuses to attach a domain to a device of another driver
     * (core-contract 2.1, check 3).
     */
    IommuDriver driver();

    /** A short name for people and reports, unique within the driver, for example {@code first-stage#3}. */
    String name();

    /** The row or column of the replacement matrix that this domain stands for, for example {@code first-stage}. */
    String matrixName();

    /**
     * <strong>Set is replace.</strong> Puts this domain behind {@code pasid} of {@code device}, in place of {@code
     * old}. The one operation that this project is about.
     *
     * <p>Called by the core with the group's mutex held, once for each device, and never preceded by a removal.
     * Removal is this call on the blocked domain.
     *
     * <p>May be assumed: {@code device} is probed by this driver; {@code pasid} is {@link Pasid#NONE} or below {@code
     * device.maxPasids()}; {@code old} is exactly what is attached now, never null: the blocked domain when nothing is;
     * {@code old != this}, except that the blocked domain may be set again over itself (then nothing happens).
     *
     * <p>On return DMA on that PASID is translated by this domain, and nothing of {@code old} is left in any
     * configuration, translation or device cache; page requests of {@code old} are drained. In between DMA sees {@code
     * old} or this, nothing else; where {@link IommuDriver#replaceGuarantee} said {@link
     * ReplaceGuarantee#BREAK_BEFORE_MAKE} it may also be blocked, but never torn and never untranslated.
     *
     * <p>On an exception nothing has changed: {@code old} is in force, the driver's own tracking, its references and
     * its memory are as before. After the point of no return the driver may not pretend: a command that does not
     * complete leads to a retry, or to the PASID being fenced (blocked) and {@code ETIMEDOUT} or {@code EIO}.
     *
     * <p>The blocked domain's call must not be refused for reasons of policy; the core can only warn (core-contract 5).
     *
     * @throws IommuException EINVAL (foreign domain or device, {@code old} is not what is attached, PASID out of
     *     range), EOPNOTSUPP (the hardware lacks what this domain needs, or this kind cannot stand behind this PASID),
     *     EBUSY (not while other PASIDs live), ENODEV (device gone or not set up for page requests), ENOMEM, ENOSPC
     *     (no id left), EIO, ETIMEDOUT
     */
    void setDevPasid(IommuDevice device, Pasid pasid, IommuDomain old);

    /**
     * Frees the domain's tables and ids. The static blocked and identity domains cannot be freed.
     *
     * @throws IommuException EBUSY if it is still attached somewhere or is the parent of a nested domain; EINVAL for a
     *     static domain or one freed before. Nothing has changed then.
     */
    void free();
}
