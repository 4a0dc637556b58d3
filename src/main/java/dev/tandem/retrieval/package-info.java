/** The two stages joined; the only package that knows both. */
@NullMarked
package dev.tandem.retrieval;

import org.jspecify.annotations.NullMarked;
