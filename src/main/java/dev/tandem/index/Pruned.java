package dev.tandem.index;

import java.util.ArrayList;
import java.util.List;

/**
 * What a prune did with the generations that were not to be kept.
 *
 * @param removed ids
 * @param leased ids of those that someone reads; a later prune removes them
 * @param failed one line for each that could not be removed
 */
public record Pruned(List<String> removed, List<String> leased, List<String> failed) {

    public Pruned {
        removed = List.copyOf(removed);
        leased = List.copyOf(leased);
        failed = List.copyOf(failed);
    }

    /** What an operator should read; empty if there was nothing to do. */
    public List<String> lines() {
        List<String> lines = new ArrayList<>();
        removed.forEach(id -> lines.add("removed generation " + id));
        leased.forEach(id -> lines.add("left generation " + id + ": it is being read"));
        failed.forEach(line -> lines.add("warning: " + line));
        return lines;
    }
}
