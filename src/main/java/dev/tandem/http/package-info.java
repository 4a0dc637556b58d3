/** The HTTP door; JAX-RS types stop here. */
@NullMarked
package dev.tandem.http;

import org.jspecify.annotations.NullMarked;
