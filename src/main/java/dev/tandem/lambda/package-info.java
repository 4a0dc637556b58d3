/** The AWS Lambda door; Funqy types stop here. */
@NullMarked
package dev.tandem.lambda;

import org.jspecify.annotations.NullMarked;
