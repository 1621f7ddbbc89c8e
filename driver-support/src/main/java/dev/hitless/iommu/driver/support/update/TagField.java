package dev.hitless.iommu.driver.support.update;

/**
 * Where an entry holds the tag under which its translations are cached: domain id, ASID, VMID.
 *
 * @param word index of the word
 * @param shift lowest bit
 * @param bits width, 1..32
 */
public record TagField(int word, int shift, int bits) {
    public TagField {
        if (word < 0 || shift < 0 || bits < 1 || bits > 32 || shift + bits > 64) {
            throw new IllegalArgumentException(
                    "a tag of " + bits + " bits at bit " + shift + " of word " + word + " does not fit");
        }
    }

    private long mask() {
        return ((1L << bits) - 1) << shift;
    }

    /** The tag in {@code content}. */
    public long read(EntryContent content) {
        return (content.word(word) & mask()) >>> shift;
    }

    /** {@code content} with {@code tag} in place of its own. */
    public EntryContent write(EntryContent content, long tag) {
        if (tag < 0 || tag >>> bits != 0) {
            throw new IllegalArgumentException("tag 0x" + Long.toHexString(tag) + " does not fit " + bits + " bits");
        }
        return content.withWord(word, (content.word(word) & ~mask()) | tag << shift);
    }
}
