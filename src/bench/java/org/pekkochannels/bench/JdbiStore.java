package org.pekkochannels.bench;

import org.jdbi.v3.core.Jdbi;

/** With a handle of JDBI for each message, as consumers have. */
record JdbiStore(Jdbi jdbi) implements MessageStore {
    @Override
    public Saved insertAndRead(String body) {
        return jdbi.withHandle(handle -> Messages.insertAndRead(handle, body));
    }

    @Override
    public String slow(String said) {
        return jdbi.withHandle(handle -> Messages.slow(handle, said));
    }
}
