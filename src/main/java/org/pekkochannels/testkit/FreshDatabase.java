package org.pekkochannels.testkit;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Each test of a class with {@link ChannelsTest} has a separate application with a separate database, which is as empty as after the
 * application's start, and is deleted after the test.
 *
 * <p>With H2 it is a new database in memory. With PostgreSQL, the application is started once to create its tables in a template, and each
 * test has a copy, {@code create database .. template ..}; the user of {@code channels.database} must be allowed to create databases. Other
 * vendors are not supported. Only {@code channels.database} is replaced, not {@code channels.databases}.
 */
@Documented
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
public @interface FreshDatabase {}
