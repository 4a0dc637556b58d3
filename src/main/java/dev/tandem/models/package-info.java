/** Offline: the commands that list, check, fetch and prepare models. */
@NullMarked
package dev.tandem.models;

import org.jspecify.annotations.NullMarked;
