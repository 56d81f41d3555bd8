/**
 * Sessions of browsers and their users, for WebSockets and pages.
 *
 * <p>{@link org.pekkochannels.identity.Sessions} is the entry point: a middleware for WebSockets, and a directive for Pekko HTTP pages. Both
 * read the same cookie, and give a {@link org.pekkochannels.identity.WebSession}.
 *
 * <p>Decisions:
 *
 * <ul>
 * <li>The application defines its sessions once, as a constant. What runs belongs to an actor system ({@code SessionService}), because
 * routes and middleware are created with the system.
 * <li>The name of the cookie and its {@code Secure} are fixed at start. A request could choose them otherwise, for example a plain one
 * that a proxy lets through.
 * <li>A table contains the SHA-256 of a session's key, so that a stolen backup is of no use for a login. The key is 32 random bytes and needs no salt.
 * <li>A session is written with the version that was read. A session that was deleted or changed since is never overwritten.
 * <li>Times are numbers of milliseconds, because the types of five databases for dates differ in their time zones.
 * </ul>
 */
@NullMarked
package org.pekkochannels.identity;

import org.jspecify.annotations.NullMarked;
