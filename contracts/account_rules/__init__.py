"""Account rules: settings of terms that an administrator locks to a value or a range, for all terms of the account."""
