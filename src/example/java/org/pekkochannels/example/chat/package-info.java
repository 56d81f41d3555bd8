/**
 * A chat in rooms, and the main class of the examples.
 *
 * <p>It speaks the frames of the Django Channels tutorial, so a client of that works unchanged; messages are stored, and
 * a client that asks for history gets their author and time too. {@code ChatConsumer} is the thing to read first: an
 * asynchronous consumer with a database.
 */
@NullMarked
package org.pekkochannels.example.chat;

import org.jspecify.annotations.NullMarked;
