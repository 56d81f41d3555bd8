package org.pekkochannels.http1;

/** A body whose length the head declares. */
final class SizedBody implements BodyReader {
    private long missing;

    SizedBody(long length) {
        missing = length;
    }

    @Override
    public int read(byte[] window, int offset, int count, ByteOutput canonical) {
        int taken = (int) Math.min(count, missing);
        canonical.write(window, offset, taken);
        missing -= taken;
        return taken;
    }

    @Override
    public boolean isComplete() {
        return missing == 0;
    }
}
