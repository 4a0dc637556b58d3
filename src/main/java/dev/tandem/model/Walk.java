package dev.tandem.model;

/**
 * What a graph walk did.
 *
 * @param visited nodes that were scored
 * @param expanded nodes whose neighbours were looked at
 * @param complete false if the deadline or the node budget ended it: nearer passages may exist
 * @param temperature whether the storage was waited for
 * @param bytesRead of the graph's records that were not held in memory by the process
 */
public record Walk(
        int visited, int expanded, boolean complete, Temperature temperature, long bytesRead) {}
