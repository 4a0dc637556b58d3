/** Offline: measures of ranking quality and the evaluate command. */
@NullMarked
package dev.tandem.evaluation;

import org.jspecify.annotations.NullMarked;
