/** Stage 1: from a query to candidates. */
@NullMarked
package dev.tandem.candidates;

import org.jspecify.annotations.NullMarked;
