package dev.tandem.settings;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * What a key of a configuration mapping may hold, both ends included; {@link Ranges} sees to it. On
 * a number or a duration, optional or not, and written as the key's value would be.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
public @interface Range {

    /** Least value. */
    String from();

    /** Greatest value. Unsaid, numbers have none; a duration must have one. */
    String to() default "Infinity";
}
