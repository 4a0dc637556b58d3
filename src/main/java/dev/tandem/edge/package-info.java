/** What both doors share: wire records, reading and validating requests, metrics. */
@NullMarked
package dev.tandem.edge;

import org.jspecify.annotations.NullMarked;
