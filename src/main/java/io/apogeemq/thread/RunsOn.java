package io.apogeemq.thread;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Names the thread that a class or method belongs to. Other threads hand over a command and get a
 * future or a callback back. A class without the mark is immutable, safe to share, or confined to
 * its creator; its comment says which.
 */
@Documented
@Retention(RetentionPolicy.CLASS)
@Target({ElementType.TYPE, ElementType.METHOD, ElementType.CONSTRUCTOR})
public @interface RunsOn {
  ThreadRole[] value();
}
