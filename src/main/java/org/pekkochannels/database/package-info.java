/** A JDBI handle per message, on the database dispatcher only. */
@NullMarked
package org.pekkochannels.database;

import org.jspecify.annotations.NullMarked;
