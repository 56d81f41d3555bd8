package org.pekkochannels.consumer;

import org.apache.pekko.actor.DeadLetterSuppression;
import org.pekkochannels.layer.Event;

/**
 * A message for one worker, taken from the channel of its name. The next follows when its callback is over. Immutable.
 *
 * @param event the message
 */
record Assigned(Event event) implements DeadLetterSuppression {}
