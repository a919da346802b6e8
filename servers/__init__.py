"""The embedded servers, what starts and stops the product, and its backup. Loads without Django up to its commands."""

import os

# Every process of the product begins by importing this package, so whatever it writes is its own user's alone.
os.umask(0o077)
