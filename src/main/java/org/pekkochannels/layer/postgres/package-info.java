/**
 * The channel layer in a PostgreSQL database. Not API: {@code channels.layer.type = postgres} selects it.
 *
 * <p>Every event is a row of one table. Each node has two connections, each with a thread: the {@link org.pekkochannels.layer.postgres.LogReader}
 * reads the rows that have become visible since its last snapshot and delivers them to this node's channels; the
 * {@link org.pekkochannels.layer.postgres.LogWriter} writes what is sent outside of transactions, and rings the readers. Transactions of the
 * application write their own rows.
 */
@NullMarked
package org.pekkochannels.layer.postgres;

import org.jspecify.annotations.NullMarked;
