"""The sections of the terms on pages: form, words, and which error belongs to which field; one module each."""
