"""The HTTP API that programs of the brand call. Paths, parameters and answers are the platform's."""
