/** Changes to files and folders that last. */
@NullMarked
package dev.tandem.files;

import org.jspecify.annotations.NullMarked;
