/** The wire formats of others: Cohere, Jina, Text Embeddings Inference, OpenAI. One engine. */
@NullMarked
package dev.tandem.dialects;

import org.jspecify.annotations.NullMarked;
