/** The function as its clients see it, each driven as it is in the field. */
@NullMarked
package dev.tandem.clients;

import org.jspecify.annotations.NullMarked;
