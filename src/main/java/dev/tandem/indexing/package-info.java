/** Offline: builds and verifies an index; never on a request's way. */
@NullMarked
package dev.tandem.indexing;

import org.jspecify.annotations.NullMarked;
