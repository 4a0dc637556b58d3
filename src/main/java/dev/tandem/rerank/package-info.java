/** Stage 2: the cross-encoder scores (query, passage) pairs until the deadline. */
@NullMarked
package dev.tandem.rerank;

import org.jspecify.annotations.NullMarked;
