/** Values that cross the stages, and the closed set of errors; imports {@code java.*} only. */
@NullMarked
package dev.tandem.model;

import org.jspecify.annotations.NullMarked;
