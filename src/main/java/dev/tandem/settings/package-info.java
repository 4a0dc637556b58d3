/** What configuration may hold, and what the program runs as. */
@NullMarked
package dev.tandem.settings;

import org.jspecify.annotations.NullMarked;
