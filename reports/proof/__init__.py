"""`verify` and the hash of the ledger: every figure recomputed from stored conversions and published terms."""
