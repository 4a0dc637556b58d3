/** What configuration may hold. */
@NullMarked
package dev.tandem.settings;

import org.jspecify.annotations.NullMarked;
