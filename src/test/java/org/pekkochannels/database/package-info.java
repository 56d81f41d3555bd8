/** Tests of the database, on H2 and on a real PostgreSQL. */
@NullMarked
package org.pekkochannels.database;

import org.jspecify.annotations.NullMarked;
