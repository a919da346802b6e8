"""An app of the tests alone: how Django empties the tables after a test that commits."""
