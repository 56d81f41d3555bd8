/**
 * A board of notes that everybody sees change, as in the sample project of Django Channels.
 *
 * <p>{@code MessageBoard} is the thing to read first: a blocking consumer with a SqlObject DAO.
 */
@NullMarked
package org.pekkochannels.example.board;

import org.jspecify.annotations.NullMarked;
