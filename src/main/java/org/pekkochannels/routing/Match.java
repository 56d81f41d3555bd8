package org.pekkochannels.routing;

import java.util.Map;

/**
 * What a pattern made of a path; immutable.
 *
 * @param parameters the values of its parameters, converted
 * @param rest what follows a prefix; empty for a whole path
 */
record Match(Map<String, Object> parameters, String rest) {}
