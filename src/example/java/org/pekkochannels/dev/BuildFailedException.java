package org.pekkochannels.dev;

/** The sources could not be compiled, or a resource could not be copied; the message names the file and the reason. */
final class BuildFailedException extends Exception {
    private static final long serialVersionUID = 1L;

    BuildFailedException(String message) {
        super(message);
    }
}
