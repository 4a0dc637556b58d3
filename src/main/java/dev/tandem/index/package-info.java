/** What lies on the mount: manifest, generations, passage store; verified at open, then trusted. */
@NullMarked
package dev.tandem.index;

import org.jspecify.annotations.NullMarked;
