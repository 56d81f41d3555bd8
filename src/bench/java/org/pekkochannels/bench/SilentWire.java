package org.pekkochannels.bench;

import org.pekkochannels.protocol.Acceptance;
import org.pekkochannels.protocol.CloseReason;
import org.pekkochannels.protocol.Refusal;
import org.pekkochannels.protocol.Wire;

/** A wire to nowhere. */
class SilentWire implements Wire {
    @Override
    public void accept(Acceptance acceptance) {}

    @Override
    public void refuse(Refusal refusal) {}

    @Override
    public void send(String text) {}

    @Override
    public void send(byte[] bytes) {}

    @Override
    public void close(CloseReason reason) {}

    @Override
    public void endTurn(boolean consumed) {}
}
