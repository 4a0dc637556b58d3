package dev.tandem.candidates;

/** Turns a query into a vector of the space that the index lies in. Thread-safe. */
public interface QueryEncoder {

    /**
     * @return the query vector, float[{@link #dimension()}]
     */
    float[] encodeQuery(String text);

    /** Length of a vector. */
    int dimension();
}
