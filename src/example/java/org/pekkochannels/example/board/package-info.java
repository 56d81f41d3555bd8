/**
 * A board of notes that is updated live for all visitors, as in the sample project of Django Channels.
 *
 * <p>Read {@code MessageBoard} first: a blocking consumer with a SqlObject DAO.
 */
@NullMarked
package org.pekkochannels.example.board;

import org.jspecify.annotations.NullMarked;
