package org.pekkochannels;

import com.typesafe.config.ConfigException;

/** A key that must be configured is not; the message contains the cure. */
final class MissingSettingException extends ConfigException.Missing {
    private static final long serialVersionUID = 1L;

    private final String cure;

    /**
     * A missing key.
     *
     * @param key its path
     * @param cure the end of the message, after the key
     */
    MissingSettingException(String key, String cure) {
        super(key);
        this.cure = cure;
    }

    // The library's constructors for a message need an origin, which for a whole configuration names each of its files.
    @Override
    public String getMessage() {
        return super.getMessage() + cure;
    }
}
