package dev.tandem.model;

import java.time.Duration;

/**
 * Time spent. The parts make up the whole.
 *
 * @param encode until the query is a vector
 * @param retrieve graph walk
 * @param rerank cross-encoder
 * @param assemble one order, and the texts of its head
 * @param total from arrival to answer
 */
public record Timings(
        Duration encode, Duration retrieve, Duration rerank, Duration assemble, Duration total) {}
