/** Model folders, ONNX Runtime sessions and tokenizers. */
@NullMarked
package dev.tandem.onnx;

import org.jspecify.annotations.NullMarked;
