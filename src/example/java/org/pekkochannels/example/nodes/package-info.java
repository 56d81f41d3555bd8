/**
 * Starts the examples as two nodes on one database, each a process: {@code mvn -Pnodes}.
 */
@NullMarked
package org.pekkochannels.example.nodes;

import org.jspecify.annotations.NullMarked;
