/**
 * A chat with rooms, and the main class of the examples.
 *
 * <p>It uses the frames of the Django Channels tutorial, so the tutorial's client works unchanged. Messages are stored, and a client that
 * requests history also receives their author and time. Read {@code ChatConsumer} first: an asynchronous consumer with a database.
 */
@NullMarked
package org.pekkochannels.example.chat;

import org.jspecify.annotations.NullMarked;
