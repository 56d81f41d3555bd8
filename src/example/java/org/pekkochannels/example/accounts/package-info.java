/**
 * Accounts of the chat: sign up, log in, log out, and log out everywhere.
 *
 * <p>Read {@code Accounts} first: the users, and the sessions that know them. {@code AccountPages} logs them in.
 */
@NullMarked
package org.pekkochannels.example.accounts;

import org.jspecify.annotations.NullMarked;
