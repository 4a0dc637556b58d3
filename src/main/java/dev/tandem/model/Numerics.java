package dev.tandem.model;

/**
 * How a host computes the cross-encoder's scores. Sums of int8 products are exact on every host.
 * What remains is the order in which floats are added: it differs between kinds of CPU, and carries
 * on through the rounding to int8.
 *
 * @param cpu architecture and extensions
 * @param int8 how the sums are made exact: {@code native} if the CPU's fast instructions are,
 *     {@code unsigned} for slower ones on x86 without VNNI
 * @param canaryError largest difference between a canary's logit here and on the model's card; 0
 *     without canaries
 * @param fingerprint identifies the scores: SHA-256 over the model's fingerprint, the runtime's
 *     version and the bits of some logits. Hosts with the same one gave the same logits bit for
 *     bit, so they may share cached scores; others may not
 */
public record Numerics(String cpu, String int8, float canaryError, String fingerprint) {}
