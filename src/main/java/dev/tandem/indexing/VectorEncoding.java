package dev.tandem.indexing;

/** How a graph's records hold vectors. */
public enum VectorEncoding {

    /** Four bytes a dimension; similarities are exact. */
    FLOAT32,

    /** JVector's NVQ: one byte a dimension, similarities right to about three digits. */
    NVQ
}
