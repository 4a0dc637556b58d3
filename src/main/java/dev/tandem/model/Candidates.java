package dev.tandem.model;

import java.util.List;

/**
 * What stage 1 found.
 *
 * @param list best first; equal similarities in the order of their ordinals
 * @param walk how it was found
 */
public record Candidates(List<Candidate> list, Walk walk) {

    public Candidates {
        list = List.copyOf(list);
    }
}
