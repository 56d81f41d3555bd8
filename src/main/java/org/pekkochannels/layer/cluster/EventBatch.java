package org.pekkochannels.layer.cluster;

/**
 * Events from one node to another, in their order, as bytes; see {@link BatchWriter} and {@link BatchReader}. Immutable; the bytes must not
 * be changed.
 *
 * <p>A batch of a version that this node does not know is an object too, not a failure of the serializer: the pair that transfers batches would
 * ask for it again and again.
 */
final class EventBatch {
    /** The version that is written. */
    static final String MANIFEST = "batch/1";

    private final String manifest;
    private final byte[] bytes;

    EventBatch(String manifest, byte[] bytes) {
        this.manifest = manifest;
        this.bytes = bytes;
    }

    String manifest() {
        return manifest;
    }

    byte[] bytes() {
        return bytes;
    }

    boolean isKnown() {
        return manifest.equals(MANIFEST);
    }

    @Override
    public String toString() {
        return "EventBatch[" + manifest + ", " + bytes.length + " bytes]";
    }
}
