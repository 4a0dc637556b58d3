package dev.tandem.model;

import java.time.Duration;

/** Time spent: query to vector, graph walk, cross-encoder, and all from arrival to answer. */
public record Timings(Duration encode, Duration retrieve, Duration rerank, Duration total) {}
