/** Entry points: the offline commands and the start of the server. */
@NullMarked
package dev.tandem;

import org.jspecify.annotations.NullMarked;
