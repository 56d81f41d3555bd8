package org.pekkochannels.routing;

import java.util.Map;

/**
 * How a pattern matched a path. Immutable.
 *
 * @param parameters the values of its parameters, converted
 * @param rest the text after a prefix; empty for a whole path
 */
record Match(Map<String, Object> parameters, String rest) {}
