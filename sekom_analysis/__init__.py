"""Several people code the same notes, see how well they agree, and settle it."""
