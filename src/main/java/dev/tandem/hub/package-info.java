/** Fetching models from the Hugging Face hub, or from what speaks its API. */
@NullMarked
package dev.tandem.hub;

import org.jspecify.annotations.NullMarked;
