/**
 * For tests: the contract that every channel layer keeps, as test cases for JUnit 5.
 *
 * <p>An application adds {@code org.junit.jupiter:junit-jupiter} to its test dependencies. Nothing outside this package uses JUnit.
 */
@NullMarked
package org.pekkochannels.testkit;

import org.jspecify.annotations.NullMarked;
